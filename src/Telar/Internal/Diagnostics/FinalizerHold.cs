using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Internal.Diagnostics;

// State machine
//
//    Planted ----------> Held (the finalizer thread waits inside ~Sentinel) ----------> Released
//       |   the collector                                              Dispose             ^
//       +--------------------------------- Dispose ------------------------------------------+
// Ownership
//   Whoever began it disposes it, and sees to it that there is one at a time: the next one would wait for this one in vain. The finalizer
//   thread waits no longer than the deadline, whatever happens to the owner.

/// <summary>Keeps the finalizer thread of this process from running other finalizers for a while.</summary>
/// <remarks>
/// The runtime takes down the compiled code of an unloaded load context, and of a dynamic method, on its finalizer thread. While it
/// names all compiled methods for a trace it does not look whether that happens, and ends the process with a segmentation fault
/// (.NET 10.0.12: within a minute of interpreters that come and go while stacks are taken).
/// </remarks>
internal sealed class FinalizerHold : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly ManualResetEventSlim _isHeld = new();
    private readonly ManualResetEventSlim _isReleased = new();
    private readonly WaitDeadline _deadline;

    private FinalizerHold(WaitDeadline deadline) => _deadline = deadline;

    /// <summary>Waits until the finalizer thread is held. One that is stuck already takes nothing down either, and is not waited for long.</summary>
    /// <param name="deadline">When it goes on, disposed or not.</param>
    public static FinalizerHold Begin(WaitDeadline deadline)
    {
        FinalizerHold hold = new(deadline);
        Plant(hold);
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        TimeSpan left = deadline.Remaining;
        _ = hold._isHeld.Wait(left == Timeout.InfiniteTimeSpan || left > s_patience ? s_patience : left);
        return hold;
    }

    // Not disposed of: the finalizer thread may still be on its way to them.
    public void Dispose() => _isReleased.Set();

    // In a frame of its own, which leaves no reference behind.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Plant(FinalizerHold hold) => _ = new Sentinel(hold);

    private void Hold()
    {
        _isHeld.Set();
        _ = _isReleased.Wait(_deadline.Remaining);
    }

    private sealed class Sentinel(FinalizerHold hold)
    {
        ~Sentinel() => hold.Hold();
    }
}
