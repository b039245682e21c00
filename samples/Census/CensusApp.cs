namespace Census;

using Census.Reports;
using Census.Running;

/// <summary>Runs the census as the user wants it and prints what came out.</summary>
internal sealed class CensusApp(CensusOptions options, CancellationToken cancellationToken)
{
    private const int Retries = 3;

    public async Task<int> RunAsync()
    {
        await using ICensusRunner runner = NewRunner(); // first of all: workers start while the files are being found
        IReadOnlyList<AssemblyFile> files = FindFiles();
        CensusRun run = await RunAsync(runner, files, options.Chaos ? new Chaos() : null);
        byte[] json = JsonReport.Write(run.Total, options.Folder, options.Top);
        if (options.Json)
        {
            using Stream output = Console.OpenStandardOutput();
            await output.WriteAsync(json, cancellationToken);
            return ExitCodes.Success;
        }

        Print(run);
        return options.Chaos || options.Compare ? await CompareAsync(run, json, files) : ExitCodes.Success;
    }

    private IReadOnlyList<AssemblyFile> FindFiles()
    {
        if (!Directory.Exists(options.Folder))
        {
            throw new UsageException(
                $"There is no folder '{options.Folder}'. Name one with .NET assemblies, or none for {Installation.Folder}.");
        }

        IReadOnlyList<AssemblyFile> files = Installation.Find(options.Folder);
        return files.Count > 0
            ? files
            : throw new UsageException(
                $"There is no .dll or .exe file in '{options.Folder}' or below it. Name one with .NET assemblies.");
    }

    private ICensusRunner NewRunner() =>
        options.Sequential
            ? new SequentialCensus(options.Top)
            : new ParallelCensus(options.Workers, options.Chaos ? Chaos.MostKills + Retries : Retries, options.Top);

    private async Task<CensusRun> RunAsync(ICensusRunner runner, IReadOnlyList<AssemblyFile> files, Chaos? chaos)
    {
        await using (runner)
        {
            CensusProgress progress = new(runner, files);
            Task<CensusRun> run = CensusRun.RunAsync(runner, files, progress, chaos, cancellationToken);
            await (Terminal.ErrorIsTerminal
                ? new LiveView(Terminal.Error()).ShowAsync(progress, run)
                : new PlainView(Console.Error).ShowAsync(progress, run));
            return await run;
        }
    }

    private void Print(CensusRun run)
    {
        new ResultReport(Terminal.Output(), run.Total, options.Folder, options.Top).Write();
        new WorkReport(Terminal.Output(), run, options.Folder).Write();
    }

    private async Task<int> CompareAsync(CensusRun run, byte[] json, IReadOnlyList<AssemblyFile> files)
    {
        CensusRun reference = await RunAsync(new SequentialCensus(options.Top), files, chaos: null);
        bool isSame = json.AsSpan().SequenceEqual(JsonReport.Write(reference.Total, options.Folder, options.Top));
        Console.WriteLine(
            $"one process, run afterwards: {Say.Seconds(reference.Elapsed)}; "
            + $"{run.Description}: {Say.Times(reference.Elapsed / run.Elapsed)} as fast");
        Console.WriteLine(isSame
            ? $"the result is the same: {Say.Number(json.Length)} equal bytes of JSON"
            : "THE RESULTS DIFFER. Run both ways with --json and compare.");
        return isSame ? ExitCodes.Success : ExitCodes.Failure;
    }
}
