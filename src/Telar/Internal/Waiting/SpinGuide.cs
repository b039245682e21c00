using System.Runtime.CompilerServices;

namespace Telar.Internal.Waiting;

// Invariants
//   I1  Both fields are hints: any value is correct, a torn or stale one only makes a spin too long or leaves one out. So they are
//       read and written plainly.

/// <summary>Decides whether it pays to spin a while before a thread sleeps, from how it went before.</summary>
/// <remarks>
/// <para>
/// A wake-up across processors costs tens of microseconds, a spin that sees the change costs nanoseconds; but a spin that waits for a
/// thread of the same processor keeps that thread from running. So it does not spin where the last wake-up came from the processor it
/// runs on, and seldom where the last spins were in vain. Measurements: docs/design/waiting.md#spinning.
/// </para>
/// <para>A field of whatever is waited at; never copied, never read-only.</para>
/// <para><b>Thread safety.</b> Any number of threads: see I1.</para>
/// </remarks>
internal struct SpinGuide
{
    private const int MissesAllowed = 3;
    private const int RetryEvery = 16;

    private int _misses;

    // The processor of the last one who woke somebody here, plus 1; 0 when unknown.
    private int _waker;

    /// <summary>Whether spinning can never help.</summary>
    internal static bool HasOneProcessor { get; } = Environment.ProcessorCount == 1;

    /// <summary>The processor that the caller runs on, or -1.</summary>
    internal static int CurrentProcessor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Parker.UsesFutex ? Interop.Libc.sched_getcpu() : Thread.GetCurrentProcessorId();
    }

    /// <summary>Whether the caller should spin now.</summary>
    internal bool ShouldSpin()
    {
        if (HasOneProcessor || (_waker != 0 && _waker == CurrentProcessor + 1))
        {
            return false;
        }

        int misses = _misses;
        if (misses < MissesAllowed)
        {
            return true;
        }

        _misses = misses == int.MaxValue ? MissesAllowed : misses + 1;
        return misses % RetryEvery == 0;
    }

    /// <summary>Says how a spin went.</summary>
    internal void Report(bool success)
    {
        if (success)
        {
            _misses = 0;
        }
        else if (_misses < MissesAllowed)
        {
            _misses++;
        }
    }

    /// <summary>Remembers where the last wake-up came from.</summary>
    internal void WokenFrom(int processor) => _waker = processor + 1;
}
