using System.Threading.Tasks.Sources;
using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

// Invariants
//   I1  _version changes when its use ends: whoever awaits a value task twice gets an InvalidOperationException, not another's item.
// Ownership
//   Who rents it either recycles it, or arms it and gives its task away; then taking the result ends its use. It is never referred to
//   by a callback, only as the payload of its waiter while that is listed: so it can always be used again.

/// <summary>The place of an await: it is the value task that the caller gets, on top of the waiter that knows of time and token.</summary>
internal sealed class AsyncItemPlace<T> : ItemPlace<T>, IValueTaskSource<T>, IValueTaskSource
{
    [ThreadStatic]
    private static AsyncItemPlace<T>? t_spare;

    private CancellationToken _cancellationToken;
    private ILocalQueue<T> _queue = null!; // written by Rent
    private WaitKind _kind;
    private short _version;

    private AsyncItemPlace()
    {
    }

    public AsyncWaiter Waiter { get; private set; } = null!; // written by Rent

    public static AsyncItemPlace<T> Rent(ILocalQueue<T> queue, WaitKind kind, T item)
    {
        AsyncItemPlace<T> place = t_spare ?? new AsyncItemPlace<T>();
        t_spare = null;
        place.Waiter = AsyncWaiter.Rent(queue, kind == WaitKind.Put ? QueueText.ToPut : QueueText.ToGet);
        place.Waiter.Payload = place;
        place._queue = queue;
        place._kind = kind;
        place.Item = item;
        return place;
    }

    /// <summary>Lets time and token end the wait that has begun.</summary>
    public AsyncItemPlace<T> Arm(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        Waiter.Arm(deadline, cancellationToken);
        return this;
    }

    public ValueTask<T> AsGet() => new(this, _version);

    public ValueTask AsPut() => new(this, _version);

    /// <summary>Ends its use: before it was listed, or after its wait.</summary>
    public void Recycle()
    {
        _version++;
        Waiter.Recycle();
        Waiter = null!; // the next Rent writes it
        _queue = null!; // the next Rent writes it
        _cancellationToken = default;
        Reset();
        t_spare = this;
    }

    /// <inheritdoc/>
    T IValueTaskSource<T>.GetResult(short token) => TakeResult(token);

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        IValueTaskSource<WaitOutcome> source = WaiterOf(token);
        ValueTaskSourceStatus status = source.GetStatus(Waiter.Version);
        return status == ValueTaskSourceStatus.Pending ? status : source.GetResult(Waiter.Version) switch
        {
            WaitOutcome.Granted when Error is null => ValueTaskSourceStatus.Succeeded,
            WaitOutcome.Cancelled => ValueTaskSourceStatus.Canceled,
            _ => ValueTaskSourceStatus.Faulted,
        };
    }

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        ((IValueTaskSource<WaitOutcome>)WaiterOf(token)).OnCompleted(continuation, state, Waiter.Version, flags);

    private AsyncWaiter WaiterOf(short token) => token == _version ? Waiter : throw new InvalidOperationException(
        "The ValueTask of a queue was used after its result had been taken. Await it once, or make a task of it with AsTask.");

    private T TakeResult(short token)
    {
        // Throws for one who asks too early, before anything is given back.
        WaitOutcome outcome = ((IValueTaskSource<WaitOutcome>)WaiterOf(token)).GetResult(Waiter.Version);
        T item = Item;
        Exception? error = Error;
        (ILocalQueue<T> queue, WaitKind kind, CancellationToken cancellationToken) = (_queue, _kind, _cancellationToken);
        Recycle();
        QueueText.ThrowUnlessGranted(outcome, error, kind, queue, cancellationToken);
        return item;
    }
}
