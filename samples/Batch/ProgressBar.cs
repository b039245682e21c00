namespace Parallel;

using Spectre.Console;
using Telar.Subprocesses;

/// <summary>A bar on standard error with what is done, what runs, and how long the rest will take.</summary>
internal sealed class ProgressBar(ProgressTask task) : IProgress<BatchProgress>
{
    public static async Task<BatchReport> ShowAsync(bool isVisible, Func<IProgress<BatchProgress>?, Task<BatchReport>> run)
    {
        if (!isVisible)
        {
            return await run(null);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => run(new ProgressBar(context.AddTask("starting"))));
    }

    public void Report(BatchProgress value)
    {
        task.MaxValue = Math.Max(1, value.Total ?? value.Done + value.Running);
        task.Value = value.Done;
        string left = value.Remaining is { } time ? $", {time:hh\\:mm\\:ss} left" : "";
        string failed = value.Failed > 0 ? $", [red]{value.Failed} failed[/]" : "";
        task.Description = $"{value.Done} of {value.Total?.ToString() ?? "?"} done, {value.Running} running{failed}{left}";
    }
}
