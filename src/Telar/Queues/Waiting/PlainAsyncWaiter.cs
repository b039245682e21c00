using System.Threading.Tasks.Sources;
using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

// State machine: see Waiter.
//
// Invariants
//   I1  The version of _core changes when its use ends: whoever awaits a value task twice gets an InvalidOperationException.
// Ownership
//   Who rents it either recycles it, or gives its task away; then taking the result ends its use. Without a clock and a token nobody but
//   the queue refers to it, and only while it is listed: so it can always be used again.

/// <summary>
/// An await without time-out and token: the value task that the caller gets, and the waiter, in one. Most awaits are of this kind, and
/// take half the time of one with an <see cref="AsyncWaiter"/> beneath it.
/// </summary>
internal sealed class PlainAsyncWaiter<T> : Waiter, IValueTaskSource<T>, IValueTaskSource
{
    [ThreadStatic]
    private static PlainAsyncWaiter<T>? t_spare;

    private readonly ItemPlace<T> _place = new();
    private ManualResetValueTaskSourceCore<WaitOutcome> _core = new() { RunContinuationsAsynchronously = true };
    private ILocalQueue<T> _queue = null!; // written by Rent
    private WaitKind _kind;

    private PlainAsyncWaiter() => Payload = _place;

    public static PlainAsyncWaiter<T> Rent(ILocalQueue<T> queue, WaitKind kind, T item)
    {
        PlainAsyncWaiter<T> waiter = t_spare ?? new PlainAsyncWaiter<T>();
        t_spare = null;
        waiter._queue = queue;
        waiter._kind = kind;
        waiter._place.Item = item;
        return waiter;
    }

    public ValueTask<T> AsGet() => new(this, _core.Version);

    public ValueTask AsPut() => new(this, _core.Version);

    /// <summary>Ends its use: before it was listed, or after its wait.</summary>
    public void Recycle()
    {
        _queue = null!; // the next Rent writes it
        _place.Reset();
        _core.Reset();
        t_spare = this;
    }

    /// <inheritdoc/>
    T IValueTaskSource<T>.GetResult(short token) => TakeResult(token);

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        ValueTaskSourceStatus status = _core.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && (_place.Error is not null || _core.GetResult(token) != WaitOutcome.Granted)
            ? ValueTaskSourceStatus.Faulted
            : status;
    }

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    internal override void Complete(WaitOutcome outcome) => _core.SetResult(outcome);

    /// <inheritdoc/>
    internal override string Describe() => "an await";

    private T TakeResult(short token)
    {
        // Throws for one who asks too early or twice, before anything is given back.
        WaitOutcome outcome = _core.GetResult(token);
        T item = _place.Item;
        Exception? error = _place.Error;
        (ILocalQueue<T> queue, WaitKind kind) = (_queue, _kind);
        Recycle();
        if (outcome != WaitOutcome.Granted || error is not null)
        {
            QueueText.ThrowUnlessGranted(outcome, error, kind, queue, CancellationToken.None);
        }

        return item;
    }
}
