namespace Telar.Subprocesses;

/// <summary>What decides the course of a batch: the part of <see cref="BatchOptions"/> without streams, files and clocks.</summary>
internal sealed record BatchRules
{
    public int Jobs { get; init; } = 1;

    public bool KeepOrder { get; init; }

    /// <summary>How many jobs may have been read and not taken by the caller.</summary>
    public int Window { get; init; } = int.MaxValue;

    public TimeSpan StartDelay { get; init; }

    public HaltPolicy Halt { get; init; } = HaltPolicy.Never;

    public TimeSpan? Timeout { get; init; }

    public double? TimeoutFactor { get; init; }

    public int TimeoutSamples { get; init; } = 3;

    public int Retries { get; init; }

    public TimeSpan RetryDelay { get; init; }

    public double RetryBackoff { get; init; } = 1;

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.MaxValue;

    /// <summary>The pause after an attempt that failed.</summary>
    public TimeSpan PauseAfter(int attempt)
    {
        double ticks = RetryDelay.Ticks * Math.Pow(RetryBackoff, attempt - 1);
        return ticks < MaxRetryDelay.Ticks ? TimeSpan.FromTicks((long)ticks) : MaxRetryDelay;
    }
}
