using System.Collections;

namespace Telar.Concurrent.Futures.Waiting;

// Ownership
//   _unyielded belongs to the consumer: only the constructor and the enumerating thread touch it. Futures reach the consumer through
//   _ended, which any thread fills.

/// <summary>Gives distinct futures in the order in which they end: the one enumerator behind AsCompleted, blocking and not.</summary>
/// <typeparam name="TFuture">The type of the futures.</typeparam>
internal sealed class CompletionSequence<TFuture>
    : IEnumerable<TFuture>, IEnumerator<TFuture>, IAsyncEnumerable<TFuture>, IAsyncEnumerator<TFuture>, IFutureWaiter
    where TFuture : Future
{
    private readonly ReadyQueue<TFuture> _ended = new();
    private readonly HashSet<TFuture> _unyielded;
    private readonly Deadline _deadline;
    private readonly int _total;
    private CancellationToken _cancellationToken;
    private CancellationTokenSource? _linked;
    private TFuture? _current;
    private bool _enumerated;

    public CompletionSequence(IEnumerable<TFuture> futures, Deadline deadline, CancellationToken cancellationToken)
    {
        _deadline = deadline;
        _cancellationToken = cancellationToken;
        _unyielded = Futures.Distinct(futures);
        _total = _unyielded.Count;

        // Those that have ended come first, in the caller's order, whatever ends in the meantime.
        List<TFuture> open = [];
        foreach (TFuture future in _unyielded)
        {
            if (future.IsDone)
            {
                _ended.Enqueue(future);
            }
            else
            {
                open.Add(future);
            }
        }

        foreach (TFuture future in open)
        {
            if (!future.AddWaiter(this))
            {
                Notify(future);
            }
        }
    }

    public bool RunsUserCode => false;

    public TFuture Current => _current ?? throw new InvalidOperationException("There is no current future: call MoveNext first.");

    object IEnumerator.Current => Current;

    public void Notify(Future future) => _ended.Enqueue((TFuture)future);

    public IEnumerator<TFuture> GetEnumerator()
    {
        ThrowIfEnumerated();
        return this;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public IAsyncEnumerator<TFuture> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        ThrowIfEnumerated();
        if (!_cancellationToken.CanBeCanceled)
        {
            _cancellationToken = cancellationToken;
        }
        else if (cancellationToken.CanBeCanceled && cancellationToken != _cancellationToken)
        {
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken, cancellationToken);
            _cancellationToken = _linked.Token;
        }

        return this;
    }

    public bool MoveNext()
    {
        // The future that was yielded belongs to the caller alone: it may be big, and the loop may be long.
        _current = null;
        return _unyielded.Count > 0 && Accept(_ended.Take(_deadline, _cancellationToken));
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        _current = null;
        return _unyielded.Count > 0 && Accept(await _ended.TakeAsync(_deadline, _cancellationToken).ConfigureAwait(false));
    }

    public void Reset() => throw new NotSupportedException("A sequence of futures cannot start again: call AsCompleted again.");

    public void Dispose()
    {
        foreach (TFuture future in _unyielded)
        {
            future.RemoveWaiter(this);
        }

        _unyielded.Clear();
        _current = null;
        _linked?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private bool Accept((TakeOutcome Outcome, TFuture? Future) taken)
    {
        if (taken.Outcome == TakeOutcome.OutOfTime)
        {
            int unfinished = _unyielded.Count;
            Dispose();
            throw new TimeoutException(
                $"{unfinished} (of {_total}) futures unfinished when the time-out of AsCompleted ran out. They go on.");
        }

        _current = taken.Future!; // the queue is never closed, so anything else is an item
        _unyielded.Remove(_current);
        return true;
    }

    private void ThrowIfEnumerated()
    {
        if (Interlocked.Exchange(ref _enumerated, true))
        {
            throw new InvalidOperationException(
                "The futures of one AsCompleted can be enumerated once, because each is given once. Call AsCompleted again.");
        }
    }
}
