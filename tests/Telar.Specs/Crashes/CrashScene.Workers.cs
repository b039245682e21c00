using System.Globalization;
using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Specs.Pools;
using Telar.Specs.Support;

namespace Telar.Specs.Crashes;

/// <content>Workers that crash, by themselves or by somebody's hand.</content>
internal sealed partial class CrashScene
{
    private static readonly CallOptions s_patient = new() { Retries = 50 };

    private async Task<int> WritingAsync(string way, CallOptions options)
    {
        byte[] result = await Pool.Submit(
            () =>
            {
                Crash.WhileEncoding(way);
                return new byte[256 << 20];
            },
            options);
        return result.Length;
    }

    private async Task<int> AfterAsync(string way)
    {
        int died = Pool.Statistics.WorkersDied;

        // The death may overtake the result, if it comes so soon.
        await Pool.Submit(() => Crash.Soon(way), s_patient);
        while (Pool.Statistics.WorkersDied == died)
        {
            await Pool.Submit(static () => 1, s_patient);
        }

        return 1;
    }

    private async Task<int> IdleAsync(string way)
    {
        int died = Pool.Statistics.WorkersDied;
        int process = await Pool.Submit(static () => Environment.ProcessId);
        await Eventually.Holds(() => Pool.Statistics.Workers.All(static worker => worker.Status != WorkerStatus.Working), () => "It is not idle.");
        _ = Interop.Libc.kill(process, Crash.SignalOf(way));
        await Eventually.Holds(() => Pool.Statistics.WorkersDied > died, () => "Its death was not noticed.");
        return await Pool.Submit(static () => 1);
    }

    private static async Task<int> InitializingOnceAsync(string way)
    {
        using TemporaryFile marker = new();
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 1,
            StartTimeout = way == "hang" ? TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(30),
            WorkerOutput = static _ => { },
            Initializer = () =>
            {
                if (!File.Exists(marker.Path))
                {
                    File.WriteAllText(marker.Path, "");
                    Crash.Now(way);
                }
            },
        });
        int value = await pool.Submit(static () => 1);
        Assert.Equal(2, pool.Statistics.WorkersStarted);
        return value;
    }

    private static async Task<int> InitializingAlwaysAsync(string way)
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 1,
            MaxStartFailures = 1,
            HardMemoryLimit = MemoryLimit,
            StartTimeout = way == "hang" ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(30),
            WorkerOutput = static _ => { },
            Initializer = () => Crash.Now(way),
        });
        Future<int> waiting = pool.Submit(static () => 1);
        Future<int> behind = pool.Submit(static () => 2);
        try
        {
            return await waiting;
        }
        finally
        {
            await Assert.ThrowsAsync<BrokenProcessPoolException>(() => behind.AsTask());
            Assert.True(pool.IsBroken);
            Assert.Throws<BrokenProcessPoolException>(() => { pool.Submit(static () => 3); });
        }
    }

    private static async Task<int> ShuttingDownAsync(string way)
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, WorkerOutput = static _ => { } });
        return await pool.Submit(() =>
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Crash.Now(way);
            return 1;
        });
    }

    private static async Task<int> StartingAsync(string way)
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, MaxStartFailures = 50, WorkerOutput = static _ => { } });
        Future<int>[] calls = [.. Enumerable.Range(0, 10).Select(number => pool.Submit(() => number, s_patient))];
        for (int i = 0; i < 4; i++)
        {
            foreach (WorkerStatistics worker in pool.Statistics.Workers.Where(static worker => worker is { Status: WorkerStatus.Starting, ProcessId: > 0 }))
            {
                _ = Interop.Libc.kill(worker.ProcessId, Crash.SignalOf(way));
            }

            await Task.Delay(3 + (i * 17), CancellationToken.None);
        }

        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(calls.Select(static call => call.AsTask())));
        return 1;
    }

    private static async Task<int> StandbyAsync(string way)
    {
        int size = ForkServer.StandbyCount;
        ForkServer.StandbyCount = 1;
        try
        {
            HashSet<int> before = [.. Processes.ChildrenOf(Environment.ProcessId)];
            await ForkServer.WaitUntilReadyAsync(CancellationToken.None);
            int standby = Assert.Single(
                Processes.ChildrenOf(Environment.ProcessId),
                child => !before.Contains(child) && Processes.Title(child).Contains("standby", StringComparison.Ordinal));
            _ = Interop.Libc.kill(standby, Crash.SignalOf(way));

            // Most of the time it is not dead yet when it is taken.
            await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
            {
                MaxWorkers = 1,
                StartMethod = StartMethod.ForkServer,
                StartTimeout = TimeSpan.FromSeconds(2),
            });
            return await pool.Submit(static () => 1, s_patient);
        }
        finally
        {
            ForkServer.Stop();
            ForkServer.StandbyCount = size;
        }
    }

    private async Task<int> NestedAsync(string way, string[] expected)
    {
        string end = await Pool.Submit(() =>
        {
            using ProcessPoolExecutor inner = new(new ProcessPoolOptions { MaxWorkers = 1, CancelGrace = TimeSpan.Zero, WorkerOutput = static _ => { } });
            Future<int> call = inner.Submit(() => CrashAndReturn(way), new CallOptions { Timeout = way == "hang" ? s_moment : null });
            Exception failure = call.Exception()!; // Every way of this phase ends in one.
            Assert.Equal(7, inner.Submit(static () => 7).Result());
            return failure switch
            {
                WorkerDiedException death => death.Signal ?? death.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "",
                CallTimeoutException late => late.Stop.ToString(),
                _ => failure.ToString(),
            };
        });
        Assert.Contains(end, expected);
        return 1;
    }

    private async Task<int> TransportAsync(string way, CallOptions options)
    {
        Hostility hostility = Enum.Parse<Hostility>(way.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        return await Pool.Submit(() => Misbehaviour.Commit(hostility), options);
    }
}
