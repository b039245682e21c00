using System.Diagnostics;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// Invariants
//   I1  IsOn is read plainly on every fast path: a thread may see a change late, which makes the book miss a holder and nothing else.
//   I2  A thread writes down itself that it has acquired, before it can wait for the next lock. So the last thread that closes a circle
//       finds all the others of it in the book.
// Locks
//   s_gate guards the book: s_held and s_waiting. It is a leaf; no handler runs under it.
// Ownership
//   Holding of a lock is written under s_gate.

/// <summary>The book of who holds and who waits, for dumps and for the deadlock detector. Empty unless it is switched on.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal static class LockTracking
{
    /// <summary>Whether the book is kept.</summary>
    internal static bool IsOn = ThreadingDiagnostics.IsOnAtStart;

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly HashSet<ITrackedLock> s_held = new(ReferenceEqualityComparer.Instance);
    private static readonly Dictionary<System.Threading.Thread, LockWait> s_waiting = [];

    internal static void Acquired(ITrackedLock taken, bool byAwait)
    {
        lock (s_gate)
        {
            taken.Holding = new LockHolding(byAwait ? null : System.Threading.Thread.CurrentThread, Stopwatch.GetTimestamp());
            s_held.Add(taken);
        }
    }

    internal static void Released(ITrackedLock given)
    {
        lock (s_gate)
        {
            given.Holding = null;
            s_held.Remove(given);
        }
    }

    /// <summary>The caller is about to wait.</summary>
    /// <exception cref="DeadlockException">It would wait for itself, by way of the others of a circle.</exception>
    internal static void Waiting(ITrackedLock wanted, WaitDeadline deadline)
    {
        System.Threading.Thread me = System.Threading.Thread.CurrentThread;
        LockWait[]? circle;
        lock (s_gate)
        {
            s_waiting[me] = new LockWait(me, wanted, !deadline.IsNever, Stopwatch.GetTimestamp(), new StackTrace(2, fNeedFileInfo: true));
            circle = FindCircle(me);
            if (circle is not null)
            {
                s_waiting.Remove(me);
            }
        }

        if (circle is not null)
        {
            DeadlockException found = DeadlockException.For(circle);
            ThreadingDiagnostics.OnDeadlock(found);
            throw found;
        }
    }

    internal static void NoLongerWaiting()
    {
        lock (s_gate)
        {
            s_waiting.Remove(System.Threading.Thread.CurrentThread);
        }
    }

    /// <summary>Forgets everything: what is acquired and released unseen would make it wrong.</summary>
    internal static void Clear()
    {
        lock (s_gate)
        {
            foreach (ITrackedLock held in s_held)
            {
                held.Holding = null;
            }

            s_held.Clear();
            s_waiting.Clear();
        }
    }

    /// <summary>The locks that are held, as far as they were acquired while this was on.</summary>
    internal static (ITrackedLock Lock, LockHolding Holding)[] Held()
    {
        lock (s_gate)
        {
            return [.. s_held.Where(held => held.Holding is not null).Select(held => (held, held.Holding!))]; // just checked
        }
    }

    // A wait that ends by itself is part of no deadlock.
    private static LockWait[]? FindCircle(System.Threading.Thread me)
    {
        List<LockWait> path = [];
        System.Threading.Thread? next = me;
        while (next is not null && s_waiting.TryGetValue(next, out LockWait? wait) && !wait.HasTimeout && !path.Contains(wait))
        {
            path.Add(wait);
            next = wait.Wanted.Holding?.Thread;
            if (next == me)
            {
                return [.. path];
            }
        }

        return null;
    }
}
