namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>A script of `sh`, of which one run does so many operations; the value is nanoseconds an operation.</summary>
internal sealed class ShellSide(string script, int operations) : ISide
{
    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        long begun = Stopwatch.GetTimestamp();
        using Process shell = ProcessTool.Start(["sh", "-c", script], output: false);
        await shell.WaitForExitAsync(cancellationToken);
        double taken = Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
        ProcessTool.Check(shell);
        return taken / operations;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
