using System.Diagnostics;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// Invariants
//   I1  A waiter queues while its caller holds _lock, and Notify runs while its caller does: whoever waits before a Notify is in the queue.
//   I2  A waiter whose time is over, or that was cancelled, takes itself out of the queue under _latch; one that Notify has taken out
//       is notified, whatever its clock and token say. So each notification reaches a waiter that returns true.
//   I3  A waiter that Notify moves to the queue of the lock (IsCommitted, written under _latch) is completed by the lock: handed the lock, or
//       woken to compete for it (docs/design/waiting.md#the-condition).
// Locks
//   _lock is the user's. _latch guards the queue; it is a leaf below _lock. Waiters are completed outside of _latch.
// Ownership
//   A waiter is completed by who took it out of the queue.

/// <summary>Lets threads that share a lock wait until one of them says that something has changed.</summary>
/// <remarks>
/// <para>
/// Hold the lock, look whether what you need is there, and wait if it is not; whoever changes it holds the lock and notifies. Waiters
/// are notified in the order in which they came, exactly as many as asked for, and never without a reason.
/// </para>
/// <para>
/// Several conditions may share a lock. Async waits need a lock that no thread owns: <c>new Condition(new Lock())</c>.
/// </para>
/// <para>Python: <c>threading.Condition</c>. <see cref="Enter"/> is its <c>with</c> statement.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once; waiting and notifying need the lock.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(WaitDebugView))]
public sealed partial class Condition : IAsyncAcquirable, IWaitOwner, IWaitSource
{
    private readonly IAcquirable _lock;

    // The same, where it is one of this library's.
    private readonly IConditionLock? _owned;

    /// <summary>Makes a condition.</summary>
    /// <param name="lock">The lock to use with it; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    public Condition(IAcquirable? @lock = null, string? name = null)
    {
        _lock = @lock ?? new RLock(name: name);
        _owned = _lock as IConditionLock;
        Name = name;
    }

    /// <summary>What it is called in messages and dumps.</summary>
    /// <value><see langword="null"/> when it was given no name.</value>
    public string? Name { get; }

    /// <summary>The lock that is used with it.</summary>
    public IAcquirable Lock => _lock;

    /// <inheritdoc/>
    public bool IsLocked => _lock.IsLocked;

    /// <summary>How much notifications were waited for.</summary>
    public WaitStatistics Statistics => new(_tally.Waits, _waiters.Count, _tally.Total, _tally.Longest);

    /// <inheritdoc/>
    string IWaitSource.HolderText => _lock is IWaitSource held ? held.HolderText : IsLocked ? "not known" : "nobody";

    /// <inheritdoc/>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _lock.Acquire(timeout, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it. Nothing was taken.</exception>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AsyncLock(nameof(AcquireAsync)).AcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public bool TryAcquire() => _lock.TryAcquire();

    /// <inheritdoc/>
    public void Release() => _lock.Release();

    /// <inheritdoc/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _lock.Enter(timeout, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it. Nothing was taken.</exception>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AsyncLock(nameof(EnterAsync)).EnterAsync(timeout, cancellationToken);

    /// <summary>Wakes up to <paramref name="count"/> of those who wait, the longest wait first.</summary>
    /// <param name="count">How many, 0 or more. Where fewer wait, the rest of the notifications is lost.</param>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock. Nobody was woken.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <remarks>It does not release the lock: the woken ones go on when its holder has. Python: <c>Condition.notify</c>.</remarks>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ThrowIfNotHeld(nameof(Notify));
        WakeUp(count);
    }

    /// <summary>Wakes all who wait.</summary>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock. Nobody was woken.</exception>
    /// <remarks>Python: <c>Condition.notify_all</c>.</remarks>
    public void NotifyAll()
    {
        ThrowIfNotHeld(nameof(NotifyAll));
        WakeUp(int.MaxValue);
    }

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Condition 'not empty' (2 waiting) on RLock (unlocked)</c>.</returns>
    public override string ToString() =>
        $"{Describe.Label(this, Name)} ({_waiters.Count} waiting) on {_lock}";
}
