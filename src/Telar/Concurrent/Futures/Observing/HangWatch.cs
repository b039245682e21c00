using Telar.Internal.Waiting;
using OsThread = System.Threading.Thread;

namespace Telar.Concurrent.Futures.Observing;

// Invariants
//   I1  s_isRunning is true  <=>  the thread is there and will look at s_watched once more before it ends.
//   I2  What is watched is held weakly: a forgotten executor is collected, and then leaves the list.
// Locks
//   s_gate guards s_watched and s_isRunning; a leaf. Figures are taken and hangs reported outside it.
// Ownership
//   The thread is there while executors are watched. It is no thread of .NET's pool: that may be what hangs.

/// <summary>Looks now and then at the executors that want it, and reports those whose running calls do not end.</summary>
internal static class HangWatch
{
    private const int LooksPerTimeout = 4;

    // In characters: an event of more than 64 KiB is dropped by those who record them.
    private const int LongestEvent = 30_000;

    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private static readonly System.Threading.Lock s_gate = new();
    private static readonly Parker s_parker = Parker.Create();
    private static readonly List<(WeakReference<Executor> Executor, HangDetector Detector)> s_watched = [];
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Executor, Action<ExecutorHang>> s_consumers = [];
    private static bool s_isRunning;

    /// <summary>Watches an executor until it has ended.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="timeout">How long none of its running calls may end; null watches nothing.</param>
    /// <param name="consumer">Takes the reports; null writes them to standard error.</param>
    public static void Begin(Executor executor, TimeSpan? timeout, Action<ExecutorHang>? consumer)
    {
        if (timeout is not { } limit)
        {
            return;
        }

        // The consumer lives as long as the executor and not longer, or what it refers to would never be collected.
        s_consumers.Add(executor, consumer ?? (static hang => Console.Error.WriteLine(hang)));
        lock (s_gate)
        {
            s_watched.Add((new WeakReference<Executor>(executor), new HangDetector(limit)));
            if (s_isRunning)
            {
                s_parker.Unpark();
                return;
            }

            s_isRunning = true;
        }

        new OsThread(Loop) { IsBackground = true, Name = "telar hang watch" }.UnsafeStart();
    }

    private static void Loop()
    {
        while (Pause() is { } pause)
        {
            s_parker.Park(WaitDeadline.After(pause));
            foreach ((WeakReference<Executor> reference, HangDetector detector) in Watched())
            {
                if (reference.TryGetTarget(out Executor? executor))
                {
                    Listeners.Tell(() => Look(executor, detector));
                }
            }
        }
    }

    private static (WeakReference<Executor> Executor, HangDetector Detector)[] Watched()
    {
        lock (s_gate)
        {
            return [.. s_watched];
        }
    }

    // Until the next look; null: nothing is left to look at, and the thread ends.
    private static TimeSpan? Pause()
    {
        lock (s_gate)
        {
            s_watched.RemoveAll(static entry => !entry.Executor.TryGetTarget(out Executor? executor) || executor.HasEnded);
            s_isRunning = s_watched.Count > 0;
            return s_isRunning ? s_watched.Min(static entry => Shorter(entry.Detector.Timeout / LooksPerTimeout, s_longestPause)) : null;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static void Look(Executor executor, HangDetector detector)
    {
        ExecutorLoad load = executor.Load;
        if (detector.Look(load, TimeProvider.System.GetTimestamp()) is not { } quiet || !s_consumers.TryGetValue(executor, out Action<ExecutorHang>? consumer))
        {
            return;
        }

        ExecutorHang hang = new()
        {
            Executor = executor.Name,
            CallsRunning = load.Running,
            CallsPending = load.Pending,
            Quiet = quiet,
            State = executor.DumpState(),
        };
        ExecutorEvents.Log.Hung(hang.Executor, hang.CallsRunning, quiet.TotalMilliseconds, hang.State[..Math.Min(hang.State.Length, LongestEvent)]);
        consumer(hang);
    }
}
