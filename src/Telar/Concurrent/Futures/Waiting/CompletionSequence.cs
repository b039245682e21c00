using System.Collections;
using System.Runtime.CompilerServices;

namespace Telar.Concurrent.Futures.Waiting;

// Ownership
//   Everything but the producers' part of _arrivals belongs to the consumer: the constructor and the enumerating thread.
//   A future that was given belongs to the caller alone: it may be big, and the loop may be long. So every reference to it is dropped.

/// <summary>Gives distinct futures in the order in which they end: the one enumerator behind AsCompleted, blocking and not.</summary>
/// <typeparam name="TFuture">The type of the futures.</typeparam>
internal sealed class CompletionSequence<TFuture>
    : IEnumerable<TFuture>, IEnumerator<TFuture>, IAsyncEnumerable<TFuture>, IAsyncEnumerator<TFuture>
    where TFuture : Future
{
    private readonly ArrivalList<TFuture> _arrivals = new();
    private readonly List<TFuture?> _ended;
    private readonly Arrival<TFuture>? _firstAwaited;
    private readonly Deadline _deadline;
    private readonly int _total;
    private CancellationToken _cancellationToken;
    private CancellationTokenSource? _linked;
    private TFuture? _current;
    private int _given;
    private bool _enumerated;
    private bool _isDisposed;

    public CompletionSequence(IEnumerable<TFuture> futures, Deadline deadline, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(futures);
        _deadline = deadline;
        _cancellationToken = cancellationToken;

        // Those that have ended come first, in the caller's order, whatever ends in the meantime.
        HashSet<TFuture>? met = null;
        Arrival<TFuture>? last = null;
        _ended = [];
        _ = futures.TryGetNonEnumeratedCount(out int count);
        int index = 0;
        foreach (TFuture future in futures)
        {
            Futures.ThrowIfNull(future, index++, nameof(futures));
            if (!future.IsDone)
            {
                Arrival<TFuture> arrival = new(future, _arrivals);
                _firstAwaited ??= arrival;
                last?.NextAwaited = arrival;
                last = arrival;
            }
            else if ((met ??= NewSet(_ended.EnsureCapacity(count))).Add(future))
            {
                _ended.Add(future);
            }
        }

        _total = _ended.Count;
        for (Arrival<TFuture>? arrival = _firstAwaited; arrival is not null; arrival = arrival.NextAwaited)
        {
            _total += TryAwait(arrival, ref met) ? 1 : 0;
        }
    }

    public TFuture Current => _current ?? throw new InvalidOperationException("There is no current future: call MoveNext first.");

    object IEnumerator.Current => Current;

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

    public bool MoveNext() => GivesEnded() || (IsOpen && Accept(_arrivals.Take(_deadline, _cancellationToken)));

    public ValueTask<bool> MoveNextAsync()
    {
        if (GivesEnded() || !IsOpen)
        {
            return new ValueTask<bool>(_current is not null);
        }

        ValueTask<TFuture?> taking = _arrivals.TakeAsync(_deadline, _cancellationToken);
        return taking.IsCompletedSuccessfully ? new ValueTask<bool>(Accept(taking.Result)) : AcceptAsync(taking);
    }

    public void Reset() => throw new NotSupportedException("A sequence of futures cannot start again: call AsCompleted again.");

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _current = null;
        _ended.Clear();
        for (Arrival<TFuture>? arrival = _firstAwaited; arrival is not null; arrival = arrival.NextAwaited)
        {
            arrival.Future?.RemoveWaiter(arrival);
        }

        _linked?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsOpen => !_isDisposed && _given < _total;

    // Takes the next one of those that had ended at the call.
    private bool GivesEnded()
    {
        _current = null;
        if (_given >= _ended.Count)
        {
            return false;
        }

        _current = _ended[_given];
        _ended[_given] = null;
        _given++;
        return _current is not null;
    }

    // Has this told of the end of a future. False: it was given before.
    private bool TryAwait(Arrival<TFuture> arrival, ref HashSet<TFuture>? met)
    {
        TFuture future = arrival.Future!; // nobody has taken it yet
        if (met?.Add(future) == false || future.IsAwaitedBy(_arrivals))
        {
            arrival.Future = null;
            return false;
        }

        if (future.AddWaiter(arrival))
        {
            return true;
        }

        // One that has ended no longer knows who waited for it: only a set can tell whether this is its first place.
        if (met is null)
        {
            met = NewSet(0);
            for (Arrival<TFuture>? before = _firstAwaited; before != arrival; before = before.NextAwaited)
            {
                if (before!.Future is { } earlier)
                {
                    met.Add(earlier);
                }
            }

            if (!met.Add(future))
            {
                arrival.Future = null;
                return false;
            }
        }

        arrival.Notify(future);
        return true;
    }

    private static HashSet<TFuture> NewSet(int capacity) => new(capacity, ReferenceEqualityComparer.Instance);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AcceptAsync(ValueTask<TFuture?> taking) => Accept(await taking.ConfigureAwait(false));

    private bool Accept(TFuture? future)
    {
        if (future is null)
        {
            int unfinished = _total - _given;
            Dispose();
            throw new TimeoutException(
                $"{unfinished} (of {_total}) futures unfinished when the time-out of AsCompleted ran out. They go on.");
        }

        _current = future;
        _given++;
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
