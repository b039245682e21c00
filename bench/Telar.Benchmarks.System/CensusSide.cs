namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>The census of this .NET installation: how many times faster two workers are than one process.</summary>
internal sealed class CensusSide : ISide
{
    private static string Program => Path.Combine(AppContext.BaseDirectory, "census", "Census");

    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Program))
        {
            throw new FileNotFoundException($"'{Program}' is not there: run the benchmarks by bench/run.sh, which publishes it.");
        }

        double sequential = await RunAsync(cancellationToken, "--sequential");
        double parallel = await RunAsync(cancellationToken, "--workers", "2");
        return sequential / parallel;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<double> RunAsync(CancellationToken cancellationToken, params string[] way)
    {
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(Program, ["--json", .. way])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!; // No shell: a process or an exception.
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        _ = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(begun).TotalSeconds
            : throw new InvalidOperationException($"The census ended with exit code {process.ExitCode}: {await errors}");
    }
}
