using System.Diagnostics;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// Invariants
//   I1  _isSet changes only under _latch, and the queue is empty while it is set. So a waiter that finds it clear under the latch queues
//       before the next Set, and that Set takes it out, whatever Clear does afterwards: no pulse is missed.
//   I2  The write in Set is a release and pairs with the read in IsSet: who sees the flag sees what was written before Set.
// Locks
//   _latch guards the flag and the queue. It is a leaf; waiters are completed outside of it.
// Ownership
//   A waiter is completed by who took it out of the queue.

/// <summary>A flag that threads and awaits can wait for.</summary>
/// <remarks>
/// <para>
/// Everybody who waits when <see cref="Set"/> is called goes on, even when <see cref="Clear"/> follows at once.
/// <see cref="ManualResetEventSlim"/> does not promise that: a <c>Set</c> and <c>Reset</c> in quick succession wakes only some.
/// </para>
/// <para>Python: <c>threading.Event</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(WaitDebugView))]
public sealed class Event : IEvent, IWaitOwner, IWaitSource
{
    private bool _isSet;
    private Latch _latch;
    private WaitQueue _waiters;
    private SpinGuide _spin;
    private WaitTally _tally;

    /// <summary>Makes an event whose flag is not set.</summary>
    /// <param name="name">What it is called in messages and dumps; <see langword="null"/> for none.</param>
    public Event(string? name = null) => Name = name;

    /// <summary>What it is called in messages and dumps.</summary>
    /// <value><see langword="null"/> when it was given no name.</value>
    public string? Name { get; }

    /// <inheritdoc/>
    public bool IsSet => Volatile.Read(ref _isSet);

    /// <summary>How much it was waited for.</summary>
    public WaitStatistics Statistics => new(_tally.Waits, _waiters.Count, _tally.Total, _tally.Longest);

    /// <inheritdoc/>
    string IWaitSource.HolderText => "nobody: an event is not held";

    /// <inheritdoc/>
    public void Set()
    {
        _latch.Enter();
        Volatile.Write(ref _isSet, true);
        Waiter? waiters = _waiters.TakeAll();
        _latch.Exit();
        _tally.AddAll(waiters);

        Waiter.CompleteAll(waiters, WaitOutcome.Granted);
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _latch.Enter();
        Volatile.Write(ref _isSet, false);
        _latch.Exit();
    }

    /// <inheritdoc/>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return IsSet || (timeout != TimeSpan.Zero && WaitSlow(WaitDeadline.After(timeout), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken)
            : IsSet ? new ValueTask<bool>(true)
            : timeout == TimeSpan.Zero ? new ValueTask<bool>(false)
            : WaitSlowAsync(WaitDeadline.After(timeout), cancellationToken);
    }

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Event 'ready' (unset, 2 waiting)</c>.</returns>
    public override string ToString() => Describe.Primitive(this, Name, IsSet ? "set" : "unset", _waiters.Count);

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        _latch.Enter();
        bool removed = _waiters.TryRemove(waiter);
        _latch.Exit();
        if (removed)
        {
            _tally.Add(waiter.Since);
        }

        return removed;
    }

    /// <inheritdoc/>
    string[] IWaitSource.WaiterTexts() => Describe.Waiters(ref _latch, ref _waiters);

    private bool WaitSlow(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ThreadWaiter waiter = ThreadWaiter.Rent(this, "for");
        WaitOutcome outcome = TryQueue(waiter) ? waiter.Wait(deadline, cancellationToken, ref _spin) : WaitOutcome.Granted;
        waiter.Return();
        return outcome.IsGranted(cancellationToken);
    }

    private ValueTask<bool> WaitSlowAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        AsyncWaiter waiter = AsyncWaiter.Rent(this, "for");
        ValueTask<bool> task = waiter.Task;
        if (!TryQueue(waiter))
        {
            waiter.Recycle();
            return new ValueTask<bool>(true);
        }

        waiter.Arm(deadline, cancellationToken);
        return task;
    }

    private bool TryQueue(Waiter waiter)
    {
        _latch.Enter();
        bool isSet = _isSet;
        if (!isSet)
        {
            _waiters.Append(waiter);
        }

        _latch.Exit();
        return !isSet;
    }
}
