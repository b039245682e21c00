namespace Census.Running;

using Census.Analysis;

/// <summary>A finished run: its result, and how it went.</summary>
internal sealed record CensusRun
{
    public required CensusTotal Total { get; init; }

    public required string Description { get; init; }

    /// <summary>From the first process to the last file.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What reading took, summed over all files.</summary>
    public required TimeSpan Work { get; init; }

    public required IReadOnlyList<(string Path, TimeSpan Elapsed)> Slowest { get; init; }

    public required RunStatistics Statistics { get; init; }

    public required int Kills { get; init; }

    public static async Task<CensusRun> RunAsync(
        ICensusRunner runner,
        IReadOnlyList<AssemblyFile> files,
        CensusProgress progress,
        Chaos? chaos,
        CancellationToken cancellationToken)
    {
        CensusTotal total = new();
        List<(string Path, TimeSpan Elapsed)> times = [];
        TimeSpan work = TimeSpan.Zero;
        await foreach (FileCensus one in runner.ReadAsync(files, cancellationToken))
        {
            total.Add(one);
            progress.Add(one);
            work += one.Elapsed;
            times.Add((one.Path, one.Elapsed));
            chaos?.Strike(progress.Part, runner.Statistics.Lanes);
            progress.Kills = chaos?.Kills ?? 0;
        }

        TimeSpan elapsed = progress.Elapsed;
        await runner.DisposeAsync(); // here, for the statistics: how the workers exited is a part of them
        return new CensusRun
        {
            Total = total,
            Description = runner.Description,
            Elapsed = elapsed,
            Work = work,
            Slowest = [.. times.OrderByDescending(file => file.Elapsed).Take(5)],
            Statistics = runner.Statistics,
            Kills = progress.Kills,
        };
    }
}
