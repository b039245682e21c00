namespace Telar.Benchmarks;

using System.Globalization;
using Telar.Concurrent.Futures;

/// <summary>The private memory of an idle worker that has run a call.</summary>
internal sealed class MemorySide : ISide
{
    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId, cancellationToken);
        long kibibytes = File.ReadLines($"/proc/{process}/smaps_rollup")
            .Where(static line => line.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(static line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
        return kibibytes * 1024;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
