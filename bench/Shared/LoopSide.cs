namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>A side in this process: does an operation many times; the value is nanoseconds an operation.</summary>
internal sealed class LoopSide : ISide
{
    // Tier 1 code is there after 30 calls and a tenth of a second of quiet in the background.
    private const int WarmUpCalls = 40;
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(200);

    private readonly int _operations;
    private readonly Func<int, ValueTask<long>> _run;
    private readonly IDisposable? _owned;
    private bool _isWarm;

    private LoopSide(int operations, Func<int, ValueTask<long>> run, IDisposable? owned)
    {
        _operations = operations;
        _run = run;
        _owned = owned;
    }

    /// <summary>The delegate does so many operations, on the thread that called it.</summary>
    public static Task<ISide> Loop(int operations, Action<int> run, IDisposable? owned = null) =>
        Timed(
            operations,
            count =>
            {
                long begun = Stopwatch.GetTimestamp();
                run(count);
                return Stopwatch.GetTimestamp() - begun;
            },
            owned);

    /// <summary>The delegate does so many operations and returns the ticks that they took.</summary>
    public static Task<ISide> Timed(int operations, Func<int, long> run, IDisposable? owned = null) =>
        Task.FromResult<ISide>(new LoopSide(operations, count => new(run(count)), owned));

    /// <summary>The delegate does so many operations in tasks.</summary>
    public static Task<ISide> Tasks(int operations, Func<int, Task> run, IDisposable? owned = null) =>
        Task.FromResult<ISide>(new LoopSide(
            operations,
            async count =>
            {
                long begun = Stopwatch.GetTimestamp();
                await run(count);
                return Stopwatch.GetTimestamp() - begun;
            },
            owned));

    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        await WarmUpAsync(cancellationToken);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long ticks = await _run(_operations);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new Sample(ticks * (1e9 / Stopwatch.Frequency) / _operations, (double)allocated / _operations);
    }

    public ValueTask DisposeAsync()
    {
        _owned?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask WarmUpAsync(CancellationToken cancellationToken)
    {
        if (_isWarm)
        {
            return;
        }

        _isWarm = true;
        int some = Math.Max(1, _operations / WarmUpCalls);
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < WarmUpCalls; i++)
            {
                await _run(some);
            }

            await Task.Delay(s_quiet, cancellationToken);
        }
    }
}
