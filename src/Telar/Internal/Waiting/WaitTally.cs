using System.Diagnostics;

namespace Telar.Internal.Waiting;

// Invariants
//   I1  Each field is changed by atomic operations only, and only by waits that queued: what does not wait pays nothing. Two of them may
//       be read at different moments.

/// <summary>Counts waits and how long they were.</summary>
/// <remarks>
/// <para>A field of its owner; never copied, never read-only.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
internal struct WaitTally
{
    private long _waits;
    private long _total;
    private long _longest;

    internal readonly long Waits => Volatile.Read(in _waits);

    internal readonly TimeSpan Total => Stopwatch.GetElapsedTime(0, Volatile.Read(in _total));

    internal readonly TimeSpan Longest => Stopwatch.GetElapsedTime(0, Volatile.Read(in _longest));

    /// <summary>Counts a wait that ends now.</summary>
    /// <param name="since">When it began: <see cref="Waiter.Since"/>.</param>
    internal void Add(long since)
    {
        long ticks = Stopwatch.GetTimestamp() - since;
        Interlocked.Increment(ref _waits);
        Interlocked.Add(ref _total, ticks);
        long longest = Volatile.Read(ref _longest);
        while (ticks > longest)
        {
            long before = Interlocked.CompareExchange(ref _longest, ticks, longest);
            if (before == longest)
            {
                return;
            }

            longest = before;
        }
    }

    /// <summary>Counts the waits of a chain that was taken out of its queue and is not completed yet.</summary>
    /// <param name="first">The first of them; <see langword="null"/> for none.</param>
    internal void AddAll(Waiter? first)
    {
        for (Waiter? waiter = first; waiter is not null; waiter = waiter.Next)
        {
            Add(waiter.Since);
        }
    }
}
