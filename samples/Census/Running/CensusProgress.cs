namespace Census.Running;

using System.Diagnostics;
using Census.Analysis;

/// <summary>How far a run is. One thread adds to it while another shows it.</summary>
/// <remarks>Each number is written by one thread and read whole; that two of them may be a file apart does not matter.</remarks>
internal sealed class CensusProgress(ICensusRunner runner, IReadOnlyList<AssemblyFile> files)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, AssemblyFile> _files = files.ToDictionary(file => file.Path);
    private readonly long _allWeight = files.Sum(file => file.Weight);
    private long _weight;
    private long _bytes;
    private int _count;

    public string Description => runner.Description;

    public int FilesToRead => _files.Count;

    public long BytesToRead { get; } = files.Sum(file => file.Bytes);

    public int Files => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    public int Kills { get; set; }

    public RunStatistics Statistics => runner.Statistics;

    /// <summary>From 0 to 1.</summary>
    public double Part => (double)Volatile.Read(ref _weight) / _allWeight;

    public TimeSpan Elapsed => _clock.Elapsed;

    public double BytesPerSecond => Bytes / Math.Max(Elapsed.TotalSeconds, 0.001);

    /// <summary>An estimate, once there is something to make it from.</summary>
    public TimeSpan? Left => Part > 0.01 ? Elapsed * ((1 - Part) / Part) : null;

    public void Add(FileCensus one)
    {
        AssemblyFile file = _files[one.Path];
        Volatile.Write(ref _weight, _weight + file.Weight);
        Volatile.Write(ref _bytes, _bytes + file.Bytes);
        Volatile.Write(ref _count, _count + 1);
    }
}
