using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Calls;

namespace Telar.Concurrent.Futures.Mapping;

// Invariants
//   I1  The pump looks at _yielded again after each permit of _room; the consumer writes _yielded before it releases one.
//   I2  Every value of _nextRoomAt, old or new, is at most the number of items read when it was written. So when the caller has taken the
//       results of all items read, the consumer finds it reached and wakes the pump: they never wait for each other.
// Ownership
//   The pump alone uses the enumerator. The consumer calls Advance and DisposeAsync; DisposeAsync waits for the pump.

/// <summary>Feeds a map from an asynchronous sequence: a pump beside the consumer, because either may have to wait for long.</summary>
internal sealed class MapAsyncFeed<T, TResult> : MapFeed
{
    private readonly MapRun<TResult> _run;
    private readonly IAsyncEnumerable<T> _source;
    private readonly Func<T[], ExecutorCall<MapChunkResult<TResult>>> _makeCall;
    private readonly SemaphoreSlim _room = new(0);
    private readonly CancellationTokenSource _stop;
    private readonly Task _pump;
    private long _yielded;
    private long _nextRoomAt;

    public MapAsyncFeed(
        MapRun<TResult> run,
        IAsyncEnumerable<T> source,
        Func<T[], ExecutorCall<MapChunkResult<TResult>>> makeCall,
        CancellationToken cancellationToken)
    {
        _run = run;
        _source = source;
        _makeCall = makeCall;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _pump = PumpAsync();
    }

    public override long NextRoomAt => Volatile.Read(ref _nextRoomAt);

    public override void Advance(long yielded)
    {
        Volatile.Write(ref _yielded, yielded);
        if (_room.CurrentCount == 0)
        {
            _room.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (!_pump.IsCompleted)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _pump.ConfigureAwait(false);
        }

        _stop.Dispose();
        _room.Dispose();
    }

    // Never fails: what the source throws is handed on as the end of the input.
    private async Task PumpAsync()
    {
        ExceptionDispatchInfo? error = null;
        try
        {
            IAsyncEnumerator<T> enumerator = _source.GetAsyncEnumerator(_stop.Token);
            await using (enumerator.ConfigureAwait(false))
            {
                int size;
                do
                {
                    size = await WaitForRoomAsync().ConfigureAwait(false);
                }
                while (await FeedAsync(enumerator, size).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The consumer has left, or was cancelled and finds that out by its own token.
        }
        catch (Exception exception)
        {
            error = ExceptionDispatchInfo.Capture(exception);
        }

        _run.EndInput(error);
    }

    private async ValueTask<int> WaitForRoomAsync()
    {
        while (true)
        {
            _stop.Token.ThrowIfCancellationRequested();
            int size = _run.NextChunk(Volatile.Read(ref _yielded), out long nextRoomAt);
            Volatile.Write(ref _nextRoomAt, nextRoomAt);
            if (size > 0)
            {
                return size;
            }

            await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Reads and submits up to <paramref name="size"/> items.</summary>
    /// <returns><see langword="false"/> at the end of the source.</returns>
    private async ValueTask<bool> FeedAsync(IAsyncEnumerator<T> enumerator, int size)
    {
        List<T> items = [];
        bool hasNext = true;
        try
        {
            for (int read = 0; read < size && hasNext; read++)
            {
                ValueTask<bool> next = enumerator.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    // The source lets us wait: what it gave so far need not wait with us.
                    Submit(items);
                }

                hasNext = await next.ConfigureAwait(false);
                if (hasNext)
                {
                    items.Add(enumerator.Current);
                }
            }
        }
        finally
        {
            Submit(items);
        }

        return hasNext;
    }

    private void Submit(List<T> items)
    {
        if (items.Count > 0)
        {
            T[] chunk = [.. items];
            items.Clear();
            _run.Submit(_makeCall(chunk), chunk.Length);
        }
    }
}
