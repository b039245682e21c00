using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Calls;

namespace Telar.Concurrent.Futures.Mapping;

// Ownership
//   One consumer enumerates. Until then the map holds the source's enumerator and the first window of calls; disposing ends both.

/// <summary>The results of a map: the one enumerator behind Map and MapAsync.</summary>
internal sealed class MapSequence<TResult>
    : IEnumerable<TResult>, IEnumerator<TResult>, IAsyncEnumerable<TResult>, IAsyncEnumerator<TResult>
{
    private readonly MapRun<TResult> _run;
    private readonly MapFeed _feed;
    private CancellationToken _cancellationToken;
    private CancellationTokenSource? _linked;
    private CancellationTokenRegistration _abort;
    private TResult[] _values = [];
    private int _next;
    private long _yielded;
    private ExceptionDispatchInfo? _error;
    private bool _enumerated;
    private bool _hasEnded;

    /// <summary>Takes over the run and the feed, and submits the first window.</summary>
    public MapSequence(MapRun<TResult> run, MapFeed feed, CancellationToken cancellationToken)
    {
        _run = run;
        _feed = feed;
        _cancellationToken = cancellationToken;
        if (!cancellationToken.IsCancellationRequested)
        {
            feed.Advance(0);
        }

        ObserveToken();
    }

    public TResult Current => _next > 0
        ? _values[_next - 1]
        : throw new InvalidOperationException("There is no current result: call MoveNext first.");

    object? IEnumerator.Current => Current;

    public IEnumerator<TResult> GetEnumerator()
    {
        ThrowIfEnumerated();
        return this;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        ThrowIfEnumerated();
        if (cancellationToken.CanBeCanceled && cancellationToken != _cancellationToken)
        {
            _linked = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken, cancellationToken);
            _cancellationToken = _linked.Token;
            ObserveToken();
        }

        return this;
    }

    public bool MoveNext()
    {
        try
        {
            while (!TryNext())
            {
                if (_hasEnded)
                {
                    return false;
                }

                Accept(_run.Take(_yielded, _cancellationToken));
            }

            return true;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ValueTask<bool> MoveNextAsync()
    {
        try
        {
            // Most results come with others: no state machine for those.
            return TryNext() ? new ValueTask<bool>(true) : MoveNextSlowAsync();
        }
        catch (Exception exception)
        {
            return FailAsync(ExceptionDispatchInfo.Capture(exception));
        }
    }

    public void Reset() => throw new NotSupportedException("The results of a map cannot start again: call Map again.");

    // Only for a map over a sequence that does not wait, so that the feed ends at once.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        _hasEnded = true;
        _values = [];
        _next = 0;
        _error = null;
        _abort.Unregister();
        _run.Abort(evenRunning: false);
        await _feed.DisposeAsync().ConfigureAwait(false);
        _linked?.Dispose();
    }

    /// <summary>Yields the next result of the current chunk, and has the source read on as the window allows.</summary>
    /// <returns><see langword="false"/> when the current chunk has no more, or the map has ended.</returns>
    private bool TryNext()
    {
        if (_hasEnded)
        {
            return false;
        }

        // A result that was given belongs to the caller alone: it may be big, and the map may be long.
        if (_next > 0)
        {
            _values[_next - 1] = default!; // nobody reads it any more
        }

        _cancellationToken.ThrowIfCancellationRequested();
        if (_yielded >= _feed.NextRoomAt)
        {
            _feed.Advance(_yielded);
        }

        if (_next < _values.Length)
        {
            _next++;
            _yielded++;
            return true;
        }

        _error?.Throw();

        // What the window has learned from the last chunk may allow more.
        _feed.Advance(_yielded);
        return false;
    }

    private async ValueTask<bool> MoveNextSlowAsync()
    {
        try
        {
            do
            {
                if (_hasEnded)
                {
                    return false;
                }

                Accept(await _run.TakeAsync(_yielded, _cancellationToken).ConfigureAwait(false));
            }
            while (!TryNext());
            return true;
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<bool> FailAsync(ExceptionDispatchInfo error)
    {
        await DisposeAsync().ConfigureAwait(false);
        error.Throw();
        return false;
    }

    private void Accept(MapChunk<TResult>? chunk)
    {
        if (chunk is null)
        {
            _hasEnded = true;
            _values = [];
            _next = 0;
        }
        else if (chunk.HasResult)
        {
            MapChunkResult<TResult> result = chunk.Future.Result();
            _values = result.Values;
            _next = 0;
            _error = result.Error is null ? null : ExceptionDispatchInfo.Capture(result.Error);
        }
        else
        {
            _values = [];
            _next = 0;
            _error = ExceptionDispatchInfo.Capture(OutcomeOf(chunk));
        }

        if (_error is not null)
        {
            _run.CountFailure();
        }

        _run.Report(isLast: _hasEnded || _error is not null);
    }

    private static Exception OutcomeOf(MapChunk<TResult> chunk)
    {
        try
        {
            return chunk.Future.Exception()!; // it has ended without a result, so with an exception or cancelled
        }
        catch (FutureCancelledException cancelled)
        {
            return cancelled;
        }
    }

    private void ObserveToken()
    {
        if (_cancellationToken.CanBeCanceled)
        {
            _abort.Unregister();
            _abort = _cancellationToken.UnsafeRegister(
                static run => ((MapRun<TResult>)run!).Abort(evenRunning: true), _run); // never null: passed here
        }
    }

    private void ThrowIfEnumerated()
    {
        if (Interlocked.Exchange(ref _enumerated, true))
        {
            throw new InvalidOperationException(
                "The results of one map can be enumerated once, because they are not kept. Call ToList on them, or Map again.");
        }
    }
}
