namespace Telar.Multiprocessing.Workers;

/// <summary>
/// One 64-bit word, shared by a worker and its parent, that says which call the worker started last and which calls it may no
/// longer start.
/// </summary>
/// <remarks>
/// <code>
/// bit  0..31  started: the low half of the sequence number that was claimed last
/// bit 32..63  revoked: no call up to and including this one may be started any more
/// </code>
/// The word outlives the worker: after a SIGKILL the parent still reads which call had been started.
/// </remarks>
// Invariants
//   I1  Both halves change in one compare-and-swap, so "claim s" and "revoke through r" have one order: either the claim came
//       first and the revoker learns that s has started, or the revocation came first and the claim fails.
//   I2  Sequence numbers are sent in order and compared modulo 2^32; at most 64 are under way, so the order is never ambiguous.
// Ownership
//   Only the worker raises started; only the parent raises revoked.
internal static class LeaseWord
{
    /// <summary>Worker side: claims a call just before it starts.</summary>
    /// <returns>False when the parent took the call back; it must not be run.</returns>
    public static bool TryClaim(ref long word, long sequence)
    {
        while (true)
        {
            long seen = Volatile.Read(ref word);
            uint revoked = (uint)((ulong)seen >> 32);
            if ((int)((uint)sequence - revoked) <= 0)
            {
                return false;
            }

            long claimed = (long)(((ulong)revoked << 32) | (uint)sequence);
            if (Interlocked.CompareExchange(ref word, claimed, seen) == seen)
            {
                return true;
            }
        }
    }

    /// <summary>Parent side: forbids every call up to <paramref name="lastSent"/> that has not been started.</summary>
    /// <returns>The sequence number of the call that was started last; 0 when none was.</returns>
    public static long Revoke(ref long word, long lastSent)
    {
        while (true)
        {
            long seen = Volatile.Read(ref word);
            long forbidden = (long)(((ulong)(uint)lastSent << 32) | (uint)seen);
            if (Interlocked.CompareExchange(ref word, forbidden, seen) == seen)
            {
                return Expand((uint)seen, lastSent);
            }
        }
    }

    /// <summary>The sequence number of the call that was started last; 0 when none was.</summary>
    public static long LastStarted(ref long word, long lastSent) => Expand((uint)Volatile.Read(ref word), lastSent);

    // The high half of the sequence number is the parent's knowledge: started is never ahead of what was sent. Where it is,
    // something in the worker wrote to the page by accident, and all counts as started: nothing may run twice.
    private static long Expand(uint started, long lastSent)
    {
        uint behind = (uint)lastSent - started;
        return (int)behind < 0 || behind > lastSent ? lastSent : lastSent - behind;
    }
}
