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
        // The terminal writes ^C in front of the line: it must not wrap then, or it could not be cleared.
        int width = console.Profile.Width - 3;
        string all = Say.Number(progress.FilesToRead);
        string rate = $"{Say.Megabytes(progress.BytesPerSecond)}/s";
        string left = progress.Left is { } time ? $"{Say.Seconds(time)} left" : "";
        string files = $"{Say.Number(progress.Files).PadLeft(all.Length)} of {all} files";
        string numbers = $" {Say.Percent(progress.Part),5}  {files}  {rate,8}  {left,11}";
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
        Grid grid = new Grid()
            .AddColumn(Column(2)).AddColumn(Column(2)).AddColumn(Column(2).RightAligned()).AddColumn(Column(0).RightAligned());
        Lane[] lanes = [.. progress.Statistics.Lanes.Where(lane => lane.Exit is null)];
        int names = lanes.Select(lane => lane.Name.Length).DefaultIfEmpty().Max();
        int files = Math.Max(10, width - names - 24);
        foreach (Lane lane in lanes)
        {
            grid.AddRow(
                new Text(lane.Name, new Style(Color.Aqua)),
                new Text(Say.Fit(lane.Doing, files).PadRight(files)),
                new Text(Say.Seconds(lane.DoingFor), new Style(Color.Grey)),
                new Text($"{Say.Number(lane.Done),5} done"));
        }

        string deaths = progress.Kills == 0 ? "" : $"chaos killed {Say.Count(progress.Kills, "worker", "workers")} so far";
        return new Rows(grid, new Text(deaths, new Style(Color.Red)));

        static GridColumn Column(int gap) => new() { NoWrap = true, Padding = new Padding(0, 0, gap, 0) };
    }
}
