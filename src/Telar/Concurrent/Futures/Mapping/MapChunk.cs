using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures.Mapping;

/// <summary>A chunk of items on its way.</summary>
internal sealed class MapChunk<TResult>(MapRun<TResult> run, Future<MapChunkResult<TResult>> future, int items, int ahead, long submitted)
    : IFutureWaiter
{
    public Future<MapChunkResult<TResult>> Future => future;

    public int Items => items;

    /// <summary>How many chunks were in flight when this one was submitted.</summary>
    public int Ahead => ahead;

    /// <summary>The time from the submission to the result. A reader who is very early finds zero, and then learns less.</summary>
    public TimeSpan RoundTrip { get; private set; }

    /// <summary>Whether the chunk came back, rather than failing as a whole.</summary>
    public bool HasResult => future is { IsDone: true, IsFailed: false, IsCancelled: false };

    public bool RunsUserCode => false;

    public void Notify(Future ended)
    {
        RoundTrip = TimeProvider.System.GetElapsedTime(submitted);
        run.Ended(this);
    }
}
