namespace Telar.Internal.Waiting;

// Locks
//   s_gate guards s_waiters. It is a leaf; taken once in the life of a thread, and by a dump.

/// <summary>Every thread that has ever waited at something of Telar's, and lives.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal static class WaitingThreads
{
    private static readonly System.Threading.Lock s_gate = new();
    private static readonly List<WeakReference<ThreadWaiter>> s_waiters = [];
    private static int s_pruneAt = 64;

    internal static void Add(ThreadWaiter waiter)
    {
        lock (s_gate)
        {
            if (s_waiters.Count >= s_pruneAt)
            {
                s_waiters.RemoveAll(static entry => !entry.TryGetTarget(out _));
                s_pruneAt = Math.Max(64, 2 * s_waiters.Count);
            }

            s_waiters.Add(new WeakReference<ThreadWaiter>(waiter));
        }
    }

    /// <summary>Those that wait now: a snapshot, which may be over when the caller looks at it.</summary>
    internal static List<ThreadWaiter> Waiting()
    {
        List<ThreadWaiter> found = [];
        lock (s_gate)
        {
            foreach (WeakReference<ThreadWaiter> entry in s_waiters)
            {
                if (entry.TryGetTarget(out ThreadWaiter? waiter) && waiter.IsInUse && waiter.Thread.IsAlive)
                {
                    found.Add(waiter);
                }
            }
        }

        return found;
    }
}
