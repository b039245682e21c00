using Telar.Concurrent.Futures;
using Telar.Serialization;
using Telar.Specs.Pools;

namespace Telar.Specs.Crashes;

/// <summary>Plays the cells of one phase, in one pool where they permit it, and compares how the call ended with the grid.</summary>
internal sealed partial class CrashScene : IAsyncDisposable
{
    private const long MemoryLimit = 256 << 20;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(150);

    private ProcessPoolExecutor? _pool;

    /// <summary>The pool that cells share; made again after one of them broke it.</summary>
    private ProcessPoolExecutor Pool => _pool ??= new ProcessPoolExecutor(new ProcessPoolOptions
    {
        MaxWorkers = 2,
        HardMemoryLimit = MemoryLimit,
        CancelGrace = s_moment,
        WorkerOutput = static _ => { },
    });

    public async Task PlayAsync(CrashCell cell)
    {
        // No retries: not one of these may be hit.
        List<Future<int>> others = [.. Enumerable.Range(0, 3).Select(number => Pool.Submit(() => number))];
        Task<int> call;
        try
        {
            call = Begin(cell);
            Assert.NotEqual("refused", cell.Kind);
        }
        catch (Exception refusal) when (cell.Kind == "refused" && refusal is not Xunit.Sdk.XunitException)
        {
            Assert.Contains(refusal.GetType().Name, cell.Expected);
            call = Task.FromResult(0);
        }

        if (_pool is { } shared && cell.Phase != "owner")
        {
            others.AddRange(Enumerable.Range(3, 3).Select(number => shared.Submit(() => number)));
        }

        await CheckAsync(cell, call);
        if (cell.Phase != "owner")
        {
            Assert.Equal(Enumerable.Range(0, others.Count), await Task.WhenAll(others.Select(static other => other.AsTask())));
            Assert.Equal(7, await Pool.Submit(static () => 7, new CallOptions { Retries = 5 }));
            Assert.False(Pool.IsBroken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_pool is { } pool)
        {
            await pool.DisposeAsync();
        }

        Telar.Multiprocessing.ForkServer.Stop();
    }

    private Task<int> Begin(CrashCell cell)
    {
        string way = cell.Way;
        CallOptions options = new() { Name = cell.ToString(), Timeout = way == "hang" ? s_moment : null };
        return cell.Phase switch
        {
            "running" => Pool.Submit(() => CrashAndReturn(way), options).AsTask(),
            "reading the call" => Pool.Submit(CountOf(new CrashingComparer(way).Poison()), options).AsTask(),
            "writing the result" => WritingAsync(way, options),
            "after the result" => AfterAsync(way),
            "idle" => IdleAsync(way),
            "initializing once" => InitializingOnceAsync(way),
            "initializing always" => InitializingAlwaysAsync(way),
            "shutting down" => ShuttingDownAsync(way),
            "starting" => StartingAsync(way),
            "standby" => StandbyAsync(way),
            "in a nested pool" => NestedAsync(way, cell.Expected),
            "transport" => TransportAsync(way, options),
            "pickling" => Pickling(way, options),
            "callbacks" => CallbackAsync(way),
            "owner" => OwnerAsync(way),
            _ => throw new InvalidOperationException($"No scene plays {cell}."),
        };
    }

    private static async Task CheckAsync(CrashCell cell, Task<int> call)
    {
        Exception? failure = await Record.ExceptionAsync(() => call);
        switch (cell.Kind)
        {
            case "value" or "refused" or "inner":
                Assert.Null(failure);
                return;
            case "died":
                WorkerDiedException death = Assert.IsType<WorkerDiedException>(failure);
                Assert.Contains(death.Signal ?? death.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", cell.Expected);
                Assert.Equal(1, death.Attempts);
                break;
            case "timed-out":
                Assert.Contains(Assert.IsType<CallTimeoutException>(failure).Stop.ToString(), cell.Expected);
                break;
            case "throws":
                Assert.NotNull(failure);
                Assert.Contains(failure.GetType().Name, cell.Expected);
                break;
            case "broken":
                Assert.IsType<BrokenProcessPoolException>(failure);
                break;
            case "cancelled":
                Assert.IsAssignableFrom<OperationCanceledException>(failure);
                break;
            default:
                Assert.Fail($"The grid has an outcome that nobody knows: {cell.Outcome}");
                break;
        }

        Assert.Contains(cell.Text, failure?.Message ?? "", StringComparison.OrdinalIgnoreCase);
    }

    private static int CrashAndReturn(string way)
    {
        Crash.Now(way);
        return 0;
    }

    private static Func<int> CountOf(Dictionary<string, int> poison) => () => poison.Count;
}
