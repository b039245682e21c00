namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>One long operation; the value is nanoseconds. There is no warm-up: what pools learn from the first round would be part of it.</summary>
internal sealed class BlockingSide(Func<Task> run) : ISide
{
    private bool _isCounted;

    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        // The harness asks once before it counts.
        if (!_isCounted)
        {
            _isCounted = true;
            return default;
        }

        long begun = Stopwatch.GetTimestamp();
        await run();
        return Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
