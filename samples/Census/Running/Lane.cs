namespace Census.Running;

/// <summary>One process that reads files, as it is seen now.</summary>
internal sealed record Lane
{
    public required string Name { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Whether it reads files, or could.</summary>
    public bool IsReady { get; init; }

    /// <summary>The file in hand, or the state.</summary>
    public string Doing { get; init; } = "";

    /// <summary>How long it has been in hand.</summary>
    public TimeSpan DoingFor { get; init; }

    public long Done { get; init; }

    public TimeSpan Starting { get; init; }

    public TimeSpan Waiting { get; init; }

    public TimeSpan Working { get; init; }

    public TimeSpan Exiting { get; init; }

    /// <summary>How the process ended; null while it is there.</summary>
    public string? Exit { get; init; }
}
