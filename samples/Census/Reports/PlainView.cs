namespace Census.Reports;

using Census.Running;

/// <summary>The progress as lines of text, one for each tenth of the way.</summary>
internal sealed class PlainView(TextWriter writer)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    public async Task ShowAsync(CensusProgress progress, Task run)
    {
        string files = Say.Count(progress.FilesToRead, "file", "files");
        await writer.WriteLineAsync($"reading {files} ({Say.Megabytes(progress.BytesToRead)}) with {progress.Description}");
        for (int tenth = 1; !run.IsCompleted; await Task.WhenAny(run, Task.Delay(s_period)))
        {
            if (progress.Part * 10 >= tenth)
            {
                tenth = (int)(progress.Part * 10) + 1;
                await writer.WriteLineAsync(
                    $"{Say.Percent(progress.Part)}, {Say.Number(progress.Files)} files, {Say.Megabytes(progress.Bytes)}, "
                    + $"{Say.Megabytes(progress.BytesPerSecond)}/s, {Say.Seconds(progress.Left ?? TimeSpan.Zero)} left");
            }
        }
    }
}
