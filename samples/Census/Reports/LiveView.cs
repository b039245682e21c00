namespace Census.Reports;

using Census.Running;
using Spectre.Console;

/// <summary>A progress bar and one lane a process, drawn again ten times a second.</summary>
internal sealed class LiveView(IAnsiConsole console)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    /// <summary>Shows the progress until the run has ended, in whatever way; then it leaves no trace.</summary>
    public async Task ShowAsync(CensusProgress progress, Task run)
    {
        LiveDisplay live = console.Live(Draw(progress)).AutoClear(true).Overflow(VerticalOverflow.Crop);
        await live.StartAsync(async context =>
        {
            while (!run.IsCompleted)
            {
                context.UpdateTarget(Draw(progress));
                await Task.WhenAny(run, Task.Delay(s_period));
            }
        });
    }

    private Rows Draw(CensusProgress progress)
    {
        int width = console.Profile.Width - 1;
        string numbers = $" {Say.Percent(progress.Part),5}  {Say.Number(progress.Files)} of {Say.Number(progress.FilesToRead)} files"
            + $"  {Say.Megabytes(progress.BytesPerSecond)}/s  {(progress.Left is { } left ? Say.Seconds(left) + " left" : "")}";
        int bar = Math.Max(8, width - numbers.Length);
        int filled = (int)(bar * progress.Part);
        return new Rows(
            new Paragraph()
                .Append(new string('━', filled), new Style(Color.Green))
                .Append(new string('━', bar - filled), new Style(Color.Grey))
                .Append(numbers),
            DrawLanes(progress, width));
    }

    private static Rows DrawLanes(CensusProgress progress, int width)
    {
        RunStatistics statistics = progress.Statistics;
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0)).AddColumn(new GridColumn().NoWrap())
            .AddColumn(new GridColumn().NoWrap().RightAligned()).AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(0));
        Lane[] lanes = [.. statistics.Lanes.Where(lane => lane.IsAlive)];
        int names = lanes.Length == 0 ? 0 : lanes.Max(lane => lane.Name.Length);
        foreach (Lane lane in lanes)
        {
            grid.AddRow(
                new Text(lane.Name, new Style(Color.Aqua)),
                new Text(Say.Fit(lane.Doing ?? "waiting", Math.Max(10, width - names - 26)).PadRight(Math.Max(10, width - names - 26))),
                new Text(Say.Seconds(lane.DoingFor), new Style(Color.Grey)),
                new Text($"{Say.Number(lane.Done),5} done"));
        }

        string deaths = progress.Kills == 0 ? "" : $"chaos killed {Say.Count(progress.Kills, "worker", "workers")} so far";
        return new Rows(grid, new Text(deaths, new Style(Color.Red)));
    }
}
