using Telar.Concurrent.Futures;

namespace Telar.Host;

/// <summary>What happens at the end of a program to the calls of a pool of threads that nobody disposed.</summary>
internal static class ThreadPools
{
    internal static int Run(string how)
    {
        Thread main = Thread.CurrentThread;
        using ManualResetEventSlim started = new();
        ThreadPoolExecutor pool = new(1);
        _ = pool.Submit(() =>
        {
            started.Set();
            using ManualResetEventSlim never = new();
            while (main.IsAlive)
            {
                never.Wait(10);
            }

            Console.WriteLine("call 1 after the end of main");
        });
        _ = pool.Submit(() => Console.WriteLine("call 2"));
        started.Wait();
        switch (how)
        {
            case "left":
                break;
            case "shut-down":
                pool.Shutdown(wait: false);
                break;
            case "cancelled":
                pool.Shutdown(wait: false, cancelFutures: true);
                break;
            default:
                return 2;
        }

        Console.WriteLine("main returns");
        return 7;
    }
}
