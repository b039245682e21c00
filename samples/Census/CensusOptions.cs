namespace Census;

/// <summary>What the user asked for; see <see cref="CommandLine"/>.</summary>
internal sealed record CensusOptions
{
    public required string Folder { get; init; }

    public required int Workers { get; init; }

    public required int Top { get; init; }

    public bool Sequential { get; init; }

    public bool Chaos { get; init; }

    public bool Compare { get; init; }

    public bool Json { get; init; }
}
