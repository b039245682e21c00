namespace Census.Running;

/// <summary>What the processes of a run did.</summary>
internal sealed record RunStatistics
{
    public IReadOnlyList<Lane> Lanes { get; init; } = [];

    public long Started { get; init; }

    public long Died { get; init; }

    /// <summary>Files that were read again because the first reader died.</summary>
    public long Retried { get; init; }

    /// <summary>Bytes, of the largest process.</summary>
    public long PeakMemory { get; init; }
}
