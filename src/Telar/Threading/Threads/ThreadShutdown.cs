using OsThread = System.Threading.Thread;

namespace Telar.Threading.Threads;

/// <summary>Notices that the program ends, tells those who wait for the main thread, and runs the callbacks, once.</summary>
/// <remarks>Why like this: docs/decisions/0004-threads-at-the-end-of-the-program.md.</remarks>
// State machine
//
//   working --main thread has ended, seen by the watcher, or ProcessExit, whichever comes first--> ending: callbacks --> over
//
// Invariants
//   I1  The callbacks run once, on the thread that moved s_callbacks from a list to null; the other one waits for s_over.
//   I2  The watcher exists from the first callback or join of the main thread on, if the main thread is known. It is a background thread: the
//       program does not wait for it, and ProcessExit does what it has not done.
// Locks
//   s_gate guards s_callbacks and s_watcher. A leaf; callbacks run outside it.
internal static class ThreadShutdown
{
    // The runtime tells nobody that Main has returned while it waits for other threads: the state of the main thread has to be looked at.
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(50);

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly Event s_over = new();
    private static List<Action>? s_callbacks = [];
    private static OsThread? s_watcher;
    private static bool s_isHooked;

    /// <summary>Adds a callback.</summary>
    /// <returns>Whether it will run; <see langword="false"/> when the program is ending already.</returns>
    public static bool Register(Action callback)
    {
        lock (s_gate)
        {
            if (s_callbacks is null)
            {
                return false;
            }

            s_callbacks.Add(callback);
        }

        Watch();
        return true;
    }

    /// <summary>Makes sure that the end of the main thread is noticed.</summary>
    public static void Watch()
    {
        // If this is the main thread, it is known from now on.
        _ = Thread.CurrentOrNull;
        lock (s_gate)
        {
            if (!s_isHooked)
            {
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => End();
                s_isHooked = true;
            }

            StartWatcher_NeedsLock();
        }
    }

    /// <summary>The main thread has become known.</summary>
    public static void MainIsKnown()
    {
        lock (s_gate)
        {
            if (s_isHooked)
            {
                StartWatcher_NeedsLock();
            }
        }
    }

    /// <summary>Ends the main thread for those who wait for it, and runs the callbacks; the second time it waits until they have run.</summary>
    public static void End()
    {
        List<Action>? callbacks;
        lock (s_gate)
        {
            (callbacks, s_callbacks) = (s_callbacks, null);
        }

        if (callbacks is null)
        {
            _ = s_over.Wait();
            return;
        }

        Thread.Main.EndForOthers();
        for (int i = callbacks.Count - 1; i >= 0; i--)
        {
            try
            {
                callbacks[i]();
            }
            catch (Exception e)
            {
                StandardError.Write($"A callback of Thread.RegisterAtExit threw an exception. The end of the program goes on.{Environment.NewLine}{e}");
            }
        }

        s_over.Set();
    }

    private static void StartWatcher_NeedsLock()
    {
        if (s_watcher is null && Thread.MainOs is { } main)
        {
            s_watcher = new OsThread(() => WatchFor(main), 256 << 10) { IsBackground = true, Name = "telar main watch" };
            s_watcher.UnsafeStart();
        }
    }

    private static void WatchFor(OsThread main)
    {
        while (main.IsAlive)
        {
            if (s_over.Wait(s_period))
            {
                return;
            }
        }

        End();
    }
}
