namespace Telar.Threading.Threads;

/// <summary>What happens to threads when the program ends.</summary>
/// <remarks>See docs/decisions/0010-the-program-waits-in-process-exit.md for the choice of the hook.</remarks>
// State machine (under s_gate)
//
//   Working --ProcessExit--> Stopping: callbacks, last registered first; then joins, until no non-daemon thread is left --> Over
//
// Invariants
//   I1  While Stopping, threads may still be started, and non-daemons among them are joined too; when Over, Start refuses.
//   I2  The thread that ends the program (main, or whoever called Environment.Exit) counts as ended from the begin of Stopping on, and so
//       does the main thread: who joins them goes on, and nobody joins in a circle.
// Locks
//   s_gate guards the state and the callbacks. Callbacks and joins run outside it.
internal static class ThreadShutdown
{
    private enum Phase
    {
        Working,
        Stopping,
        Over,
    }

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly List<Action> s_callbacks = [];
    private static volatile Phase s_phase;
    private static bool s_isHooked;

    /// <summary>Whether no thread may be started any more.</summary>
    public static bool IsOver => s_phase == Phase.Over;

    /// <summary>Makes sure that the end of the program will be noticed.</summary>
    public static void Hook()
    {
        if (Volatile.Read(ref s_isHooked))
        {
            return;
        }

        lock (s_gate)
        {
            if (!s_isHooked)
            {
                AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
                Volatile.Write(ref s_isHooked, true);
            }
        }
    }

    /// <summary>Adds a callback.</summary>
    /// <returns>Whether it will run; <see langword="false"/> when the program is ending already.</returns>
    public static bool Register(Action callback)
    {
        Hook();
        lock (s_gate)
        {
            if (s_phase != Phase.Working)
            {
                return false;
            }

            s_callbacks.Add(callback);
            return true;
        }
    }

    private static void OnProcessExit(object? sender, EventArgs e)
    {
        Action[] callbacks;
        lock (s_gate)
        {
            s_phase = Phase.Stopping;
            callbacks = [.. s_callbacks];
        }

        Thread? self = Thread.CurrentOrNull;
        Thread.Main.EndForOthers();
        self?.EndForOthers();
        foreach (Action callback in callbacks.Reverse())
        {
            try
            {
                callback();
            }
            catch (Exception exception)
            {
                StandardError.Write($"A callback of Thread.RegisterAtExit threw an exception. The end of the program goes on.{Environment.NewLine}{exception}");
            }
        }

        while (ThreadRegistry.Snapshot().FirstOrDefault(thread => !thread.Daemon && thread != self && thread != Thread.Main) is { } left)
        {
            left.WaitForEnd();
        }

        s_phase = Phase.Over;
    }
}
