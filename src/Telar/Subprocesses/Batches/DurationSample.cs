namespace Telar.Subprocesses;

/// <summary>How long the last ended commands took.</summary>
internal sealed class DurationSample
{
    public const int Capacity = 255;

    private readonly Queue<TimeSpan> _byAge = new();
    private readonly List<TimeSpan> _sorted = [];

    public int Count => _sorted.Count;

    /// <summary>The one in the middle. There must be one.</summary>
    public TimeSpan Median => (_sorted[(Count - 1) / 2] / 2) + (_sorted[Count / 2] / 2);

    public void Add(TimeSpan duration)
    {
        if (_byAge.Count == Capacity)
        {
            _sorted.RemoveAt(_sorted.BinarySearch(_byAge.Dequeue()));
        }

        _byAge.Enqueue(duration);
        int index = _sorted.BinarySearch(duration);
        _sorted.Insert(index < 0 ? ~index : index, duration);
    }

    /// <summary>How much longer those took that took longer than this: their mean; null when none did.</summary>
    public TimeSpan? MeanBeyond(TimeSpan age)
    {
        double sum = 0;
        int count = 0;
        for (int i = Count - 1; i >= 0 && _sorted[i] > age; i--)
        {
            sum += (_sorted[i] - age).Ticks;
            count++;
        }

        return count == 0 ? null : TimeSpan.FromTicks((long)(sum / count));
    }
}
