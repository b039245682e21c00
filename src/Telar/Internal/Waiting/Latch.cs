using System.Runtime.CompilerServices;

namespace Telar.Internal.Waiting;

// Invariants
//   I1  _held is 1 while somebody is inside. The write of Exit is a release and pairs with the exchange of Enter.
// Locks
//   A leaf that is held for a few dozen instructions: nothing inside may wait, allocate, call out, or throw.
//   Whoever finds it held spins, and then lets others run: a holder that lost its processor gets it back.

/// <summary>The lock under the locks: guards a few fields for a few nanoseconds.</summary>
/// <remarks>
/// <para>A field of its owner; never copied, never read-only. It is not re-entrant.</para>
/// <para><b>Thread safety.</b> That is its purpose.</para>
/// </remarks>
internal struct Latch
{
    private const int SpinsBeforeYield = 20;

    private int _held;

    /// <summary>Waits for the latch and takes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
        {
            EnterSlow();
        }
    }

    /// <summary>Gives the latch back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Exit() => Volatile.Write(ref _held, 0);

    // Not SpinWait: it may sleep, and a sleep can be interrupted with an exception.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterSlow()
    {
        int spins = SpinGuide.HasOneProcessor ? SpinsBeforeYield : 0;
        do
        {
            while (Volatile.Read(ref _held) != 0)
            {
                if (spins++ < SpinsBeforeYield)
                {
                    Thread.SpinWait(4);
                }
                else
                {
                    Thread.Yield();
                }
            }
        }
        while (Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }
}
