namespace Telar.Concurrent.Interpreters;

// Invariants
//   I1  An interpreter is in s_all from its constructor until it is closed or collected. The registry keeps none alive.
// Locks
//   s_gate guards s_all, s_lastId, s_queues and s_lastQueueId. It is a leaf.

/// <summary>All interpreters and their queues, by number.</summary>
internal static class InterpreterRegistry
{
    private static readonly Lock s_gate = new();
    private static readonly SortedDictionary<long, WeakReference<Interpreter>> s_all = [];
    private static readonly SortedDictionary<long, WeakReference<InterpreterQueueCore>> s_queues = [];
    private static long s_lastId;
    private static long s_lastQueueId;

    /// <summary>Gives an interpreter its number.</summary>
    public static long Add(Interpreter interpreter)
    {
        lock (s_gate)
        {
            RemoveDead_NeedsLock(s_all);
            long id = ++s_lastId;
            s_all.Add(id, new WeakReference<Interpreter>(interpreter));
            return id;
        }
    }

    /// <summary>Gives a queue its number.</summary>
    public static long Add(InterpreterQueueCore queue)
    {
        lock (s_gate)
        {
            RemoveDead_NeedsLock(s_queues);
            long id = ++s_lastQueueId;
            s_queues.Add(id, new WeakReference<InterpreterQueueCore>(queue));
            return id;
        }
    }

    public static void Remove(Interpreter interpreter)
    {
        lock (s_gate)
        {
            s_all.Remove(interpreter.Id);
        }
    }

    /// <summary>The interpreters there are, the oldest first, without the main one.</summary>
    public static List<Interpreter> Interpreters()
    {
        lock (s_gate)
        {
            return Living_NeedsLock(s_all);
        }
    }

    /// <summary>The queues there are.</summary>
    public static List<InterpreterQueueCore> Queues()
    {
        lock (s_gate)
        {
            return Living_NeedsLock(s_queues);
        }
    }

    private static List<T> Living_NeedsLock<T>(SortedDictionary<long, WeakReference<T>> all)
        where T : class
    {
        var living = new List<T>(all.Count);
        foreach (WeakReference<T> reference in all.Values)
        {
            if (reference.TryGetTarget(out T? target))
            {
                living.Add(target);
            }
        }

        return living;
    }

    private static void RemoveDead_NeedsLock<T>(SortedDictionary<long, WeakReference<T>> all)
        where T : class
    {
        foreach (long id in all.Where(static entry => !entry.Value.TryGetTarget(out _)).Select(static entry => entry.Key).ToArray())
        {
            all.Remove(id);
        }
    }
}
