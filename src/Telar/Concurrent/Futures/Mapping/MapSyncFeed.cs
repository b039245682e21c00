using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Calls;

namespace Telar.Concurrent.Futures.Mapping;

/// <summary>Feeds a map from a sequence, on the thread that takes the results.</summary>
internal sealed class MapSyncFeed<T, TResult>(
    MapRun<TResult> run, MapInput<T> input, Func<T[], ExecutorCall<MapChunkResult<TResult>>> makeCall) : MapFeed
{
    private long _nextRoomAt;
    private bool _hasSubmitted;
    private bool _hasEnded;
    private bool _isDisposed;

    public override long NextRoomAt => _nextRoomAt;

    public override void Advance(long yielded)
    {
        int size;
        while (!_hasEnded && (size = run.NextChunk(yielded, out _nextRoomAt)) > 0)
        {
            try
            {
                T[] items = input.Take(size);
                if (items.Length == 0)
                {
                    End(null);
                    return;
                }

                run.Submit(makeCall(items), items.Length);
                _hasSubmitted = true;
            }
            catch (Exception exception) when (_hasSubmitted)
            {
                // Results are on their way: the exception comes after those, where its item would have been.
                End(ExceptionDispatchInfo.Capture(exception));
            }
        }
    }

    // Completes synchronously.
    public override ValueTask DisposeAsync()
    {
        _hasEnded = true;
        if (!_isDisposed)
        {
            _isDisposed = true;
            input.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private void End(ExceptionDispatchInfo? error)
    {
        _hasEnded = true;
        _nextRoomAt = long.MaxValue;
        run.EndInput(error);
    }
}
