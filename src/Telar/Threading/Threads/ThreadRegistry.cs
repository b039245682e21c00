using System.Globalization;

namespace Telar.Threading.Threads;

/// <summary>All threads of the process that Telar knows and that live: the ones it started, dummies, and the main thread, to the end.</summary>
// Invariants
//   I1  The threads stand in a list, linked through their own fields, in the order in which they came.
//   I2  A thread is added by its starter and by itself, whoever comes first, and once removed it does not come back: it is listed when
//       Start returns, unless it has ended by then.
//   I3  A dummy is the one kind whose end nobody tells: those whose thread has ended are taken out when the list is read, and whenever the
//       number of dummies has doubled.
// Locks
//   s_gate guards the list and the counters. A leaf; nothing of the user runs under it.
internal static class ThreadRegistry
{
    /// <summary>Where a thread stands.</summary>
    internal enum Membership
    {
        None,
        Listed,
        Gone,
    }

    private static readonly System.Threading.Lock s_gate = new();
    private static Thread? s_first;
    private static Thread? s_last;
    private static int s_count;
    private static int s_dummies;
    private static int s_sweepAt = 16;

    static ThreadRegistry() => ThreadingDiagnostics.DescribeThreads = static () => Snapshot().Select(Describe);

    public static int Count
    {
        get
        {
            lock (s_gate)
            {
                Sweep_NeedsLock();
                return s_count;
            }
        }
    }

    /// <summary>Adds a thread that has just come to life; does nothing the second time, and when it has ended meanwhile.</summary>
    public static void Add(Thread thread)
    {
        lock (s_gate)
        {
            if (thread.Membership != Membership.None)
            {
                return;
            }

            if (thread.IsDummy && ++s_dummies >= s_sweepAt)
            {
                Sweep_NeedsLock();
                s_sweepAt = Math.Max(16, 2 * s_dummies);
            }

            thread.Membership = Membership.Listed;
            thread.Previous = s_last;
            _ = s_last is null ? s_first = thread : s_last.Next = thread;
            s_last = thread;
            s_count++;
        }
    }

    public static void Remove(Thread thread)
    {
        lock (s_gate)
        {
            Remove_NeedsLock(thread);
        }
    }

    public static Thread[] Snapshot()
    {
        lock (s_gate)
        {
            Sweep_NeedsLock();
            var all = new Thread[s_count];
            int i = 0;
            for (Thread? thread = s_first; thread is not null; thread = thread.Next)
            {
                all[i++] = thread;
            }

            return all;
        }
    }

    private static string Describe(Thread thread)
    {
        string native = thread.NativeId is { } id ? string.Create(CultureInfo.InvariantCulture, $", native {id}") : "";
        string since = thread.Age == TimeSpan.Zero ? "" : $", for {thread.Age:c}";
        return $"{thread}{native}{since}";
    }

    private static void Sweep_NeedsLock()
    {
        for (Thread? thread = s_dummies == 0 ? null : s_first; thread is not null;)
        {
            Thread? next = thread.Next;
            if (thread.IsDummy && !thread.IsAlive)
            {
                Remove_NeedsLock(thread);
            }

            thread = next;
        }
    }

    private static void Remove_NeedsLock(Thread thread)
    {
        bool isListed = thread.Membership == Membership.Listed;
        thread.Membership = Membership.Gone;
        if (!isListed)
        {
            return;
        }

        _ = thread.Previous is null ? s_first = thread.Next : thread.Previous.Next = thread.Next;
        _ = thread.Next is null ? s_last = thread.Previous : thread.Next.Previous = thread.Previous;
        (thread.Previous, thread.Next) = (null, null);
        s_count--;
        s_dummies -= thread.IsDummy ? 1 : 0;
    }
}
