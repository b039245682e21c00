namespace Census.Reports;

using Census.Running;
using Spectre.Console;

/// <summary>What the processes did, and what it was good for.</summary>
internal sealed class WorkReport(IAnsiConsole console, CensusRun run, string folder)
{
    private const int MostLanes = 20;

    public void Write()
    {
        WriteLanes();
        WriteSlowest();
        WriteSpeed();
    }

    private void WriteLanes()
    {
        Table table = Tables.New(console).AddColumn(Tables.Left("Process"));
        table.AddColumns([.. "Files Life Start Wait Work Exit".Split(' ').Select(Tables.Right)]).AddColumn(Tables.Left("End"));
        IReadOnlyList<Lane> lanes = run.Statistics.Lanes;
        foreach (Lane lane in lanes.Take(MostLanes))
        {
            TimeSpan life = lane.Starting + lane.Waiting + lane.Working + lane.Exiting;
            table.AddRow(
                new Text(lane.Name, new Style(Color.Aqua)), new Text(Say.Number(lane.Done)), new Text(Say.Seconds(life)),
                Part(lane.Starting), Part(lane.Waiting), Part(lane.Working), Part(lane.Exiting), new Text(lane.Exit ?? ""));

            Text Part(TimeSpan part) => new(Say.Share(part, life));
        }

        console.Write(table);
        if (lanes.Count > MostLanes)
        {
            console.WriteLine($"... and {Say.Number(lanes.Count - MostLanes)} more");
        }
    }

    private void WriteSlowest()
    {
        Table table = Tables.New(console).AddColumn("Slowest files").AddColumn(Tables.Right(""));
        foreach ((string path, TimeSpan elapsed) in run.Slowest)
        {
            string name = Say.Fit(Installation.NameOf(path, folder), Math.Max(20, console.Profile.Width - 20));
            table.AddRow(new Text(name), new Text(Say.Milliseconds(elapsed)));
        }

        console.Write(table);
    }

    private void WriteSpeed()
    {
        RunStatistics statistics = run.Statistics;
        console.WriteLine(
            $"{run.Description}: {Say.Seconds(run.Elapsed)} for {Say.Seconds(run.Work)} of work, "
            + $"{Say.Times(run.Work / run.Elapsed)} one process; largest process {Say.Megabytes(statistics.PeakMemory)}");
        if (statistics.Started > 0)
        {
            console.WriteLine(
                $"{Say.Count(statistics.Started, "worker", "workers")} started, {Say.Number(statistics.Died)} died "
                + $"({Say.Number(run.Kills)} killed on purpose), {Say.Count(statistics.Retried, "file", "files")} read again; "
                + $"ready after {Say.Milliseconds(Median(statistics.Lanes.Select(lane => lane.Starting)))} (median)");
        }
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[sorted.Length / 2];
    }
}
