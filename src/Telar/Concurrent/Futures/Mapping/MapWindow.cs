namespace Telar.Concurrent.Futures.Mapping;

/// <summary>Decides how many items a map reads ahead, and how many of them travel together. Pure arithmetic.</summary>
/// <remarks>
/// <para>
/// Two chunks for each worker are in flight: one that runs and one that waits behind it, so that no worker waits for the caller. A chunk is
/// one item until results show that items are short; then it grows towards what takes <see cref="TargetSeconds"/>. Below that the journey of
/// a chunk costs more than its work; above it the last chunks make the workers end at different times.
/// </para>
/// <para>
/// The items in flight never exceed the first window or, if that is more, <see cref="Growth"/> times the items yielded: a source of which
/// little is taken is hardly read.
/// </para>
/// </remarks>
internal sealed class MapWindow
{
    internal const double TargetSeconds = 0.003;
    internal const int Growth = 2;

    // Beyond this nothing is left to gain, and items that are big would add up.
    internal const int MaxChunk = 4096;

    private const int ChunksForEachWorker = 2;

    private readonly int _slots;
    private readonly int? _chunkSize;
    private readonly int? _window;
    private readonly long? _total;
    private double _secondsForAnItem;

    public MapWindow(int workers, int? chunkSize, int? window, long? total)
    {
        _slots = ChunksForEachWorker * Math.Max(1, workers);
        _chunkSize = chunkSize;
        _window = window;
        _total = total;
    }

    /// <summary>How many items the next chunk is to have.</summary>
    /// <param name="consumed">How many items were read so far.</param>
    /// <param name="yielded">How many results the caller has taken so far.</param>
    /// <returns>0 when there is no room for a chunk; never 0 when every result was taken.</returns>
    public int Next(long consumed, long yielded)
    {
        (int chunk, long window) = Sizes(consumed, yielded);
        return yielded + window - consumed >= chunk ? chunk : 0;
    }

    /// <summary>How many results must have been taken before it is worth asking <see cref="Next"/> again.</summary>
    public long NextRoomAt(long consumed, long yielded)
    {
        (int chunk, long window) = Sizes(consumed, yielded);
        return Math.Max(yielded + 1, consumed + chunk - window);
    }

    /// <summary>Learns from a chunk that has come back.</summary>
    /// <param name="items">How many items it had.</param>
    /// <param name="runTime">How long they took in the worker.</param>
    /// <param name="roundTrip">The time from its submission to its result.</param>
    /// <param name="ahead">How many chunks were in flight when it was submitted.</param>
    public void Observe(int items, TimeSpan runTime, TimeSpan roundTrip, int ahead)
    {
        // The run time does not show what it costs to send big items. The round trip does, divided by the chunks that shared the way.
        double share = roundTrip.TotalSeconds / (1 + (double)ahead * ChunksForEachWorker / _slots);
        double seconds = Math.Max(runTime.TotalSeconds, share) / items;

        // The first round trips include the start of the workers, so they must be forgotten soon.
        _secondsForAnItem = _secondsForAnItem == 0 ? seconds : (_secondsForAnItem + seconds) / 2;
    }

    private (int Chunk, long Window) Sizes(long consumed, long yielded)
    {
        if (_chunkSize is { } size)
        {
            return (size, _window ?? (long)_slots * size);
        }

        long wanted = _secondsForAnItem == 0 ? 1 : (long)Math.Clamp(TargetSeconds / _secondsForAnItem, 1, MaxChunk);
        long window = _window ?? Math.Clamp(_slots * wanted, _slots, Math.Max(_slots, Growth * yielded));
        long chunk = Math.Clamp(window / _slots, 1, wanted);
        if (_total is { } total)
        {
            // Smaller ones towards the end, so that the workers finish together.
            chunk = Math.Clamp((total - consumed + _slots - 1) / _slots, 1, chunk);
        }

        return ((int)chunk, window);
    }
}
