namespace Telar.Concurrent.Futures.Mapping;

/// <summary>Reads the source of a map and submits its items, as far as the window allows.</summary>
internal abstract class MapFeed : IAsyncDisposable
{
    /// <summary>How many results must have been taken before <see cref="Advance"/> can do anything.</summary>
    public abstract long NextRoomAt { get; }

    /// <summary>Submits what there is room for, now that <paramref name="yielded"/> results were taken.</summary>
    public abstract void Advance(long yielded);

    /// <summary>Ends the feed and disposes the enumerator of the source. May be called again.</summary>
    public abstract ValueTask DisposeAsync();
}
