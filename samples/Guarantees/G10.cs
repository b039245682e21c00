namespace Guarantees;

using System.Diagnostics;
using Telar.Concurrent.Futures;

/// <summary>A process is killed while it holds a lock.</summary>
internal static class G10
{
    public static string MutexName => "telar-guarantee-10";

    public static async Task<Finding> TelarAsync()
    {
        using Telar.Multiprocessing.Lock held = new();
        int? told = null;
        held.Abandoned += (_, dead) => told = dead.ProcessId;
        await using ProcessPoolExecutor pool = new(1);
        Future<int> holder = pool.Submit(() =>
        {
            held.Acquire();
            Process.GetCurrentProcess().Kill();
            return 0;
        });
        _ = await holder.ExceptionAsync();

        bool isMine = held.Acquire(TimeSpan.FromSeconds(5));
        return new Finding(isMine && told is not null, $"{(isMine ? "given" : "not given")} to the next waiter, who was told: {(told is null ? "nothing" : "abandoned by a process")}");
    }

    public static async Task<Finding> DotNetAsync()
    {
        (Process program, _) = await Children.StartAndReadAsync("mutex");
        using (program)
        {
            using Mutex mutex = new(initiallyOwned: false, MutexName, new NamedWaitHandleOptions());
            program.Kill();
            await program.WaitForExitAsync();
            return Finding.Seen(Take(mutex));
        }
    }

    private static string Take(Mutex mutex)
    {
        try
        {
            if (!mutex.WaitOne(TimeSpan.FromSeconds(5)))
            {
                return "a named Mutex was not given to the next waiter within 5 s";
            }

            mutex.ReleaseMutex();
            return "a named Mutex was given to the next waiter, who was not told";
        }
        catch (AbandonedMutexException)
        {
            mutex.ReleaseMutex();
            return "a named Mutex was given to the next waiter with AbandonedMutexException";
        }
    }
}
