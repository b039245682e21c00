namespace Census.Analysis;

/// <summary>What was found in one file: plain data, so that it can come from another process as it is.</summary>
internal sealed record FileCensus
{
    public required string Path { get; init; }

    public required FileKind Kind { get; init; }

    /// <summary>Why the file is damaged or unreadable.</summary>
    public string? Problem { get; init; }

    /// <summary>The simple name of the assembly.</summary>
    public string Assembly { get; init; } = "";

    /// <summary>Identity of the build: equal in all copies of one compilation.</summary>
    public Guid Build { get; init; }

    public long Bytes { get; init; }

    /// <summary>How long the reading took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>By <see cref="Metric"/>.</summary>
    public long[] Counts { get; init; } = [];

    /// <summary>By opcode; see <see cref="Opcodes"/>.</summary>
    public long[] OpcodeCounts { get; init; } = [];

    /// <summary>By <see cref="Ranking"/>: the first methods of this file.</summary>
    public MethodFact[][] Rankings { get; init; } = [];

    /// <summary>Call sites by the assembly called.</summary>
    public NameCount[] CallsTo { get; init; } = [];
}
