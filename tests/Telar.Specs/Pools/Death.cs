using Telar.Multiprocessing;

namespace Telar.Specs.Pools;

/// <summary>Runs inside a worker: ends it.</summary>
internal static class Death
{
    /// <summary>Ends this process; does not return.</summary>
    public static unsafe void Die(DeathWay way)
    {
        if (!ProcessHost.IsWorker)
        {
            throw new InvalidOperationException("Only a worker may die.");
        }

        switch (way)
        {
            case DeathWay.Kill:
                _ = Interop.Libc.kill(Environment.ProcessId, 9);
                break;
            case DeathWay.Crash:
                // Far from null, where the runtime would make an exception of it.
                *(long*)0x1234_5678_9000 = 1;
                break;
            case DeathWay.ExitZero:
                Environment.Exit(0);
                break;
            case DeathWay.ExitThree:
                Environment.Exit(3);
                break;
            case DeathWay.FailFast:
                Environment.FailFast("the test says so");
                break;
            case DeathWay.ThreadThrows:
                new Thread(static () => throw new InvalidOperationException("unhandled")).Start();
                break;
        }

        new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
    }

    /// <summary>Ends this process a little later, from another thread.</summary>
    public static void DieSoon(DeathWay way, int milliseconds)
    {
        Thread thread = new(() =>
        {
            new ManualResetEventSlim().Wait(milliseconds);
            Die(way);
        });
        thread.Start();
    }

    /// <summary>Ends this process as soon as it puts a big result into a memory file.</summary>
    public static void DieWhileEncoding(DeathWay way)
    {
        Thread thread = new(() =>
        {
            while (!Directory.GetFiles("/proc/self/fd").Any(static link => new FileInfo(link).LinkTarget?.Contains("telar-blobs", StringComparison.Ordinal) == true))
            {
            }

            Die(way);
        });
        thread.Start();
    }
}
