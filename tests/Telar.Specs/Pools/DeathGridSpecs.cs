using System.Globalization;
using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>A worker may die at any moment and in any way: the call it ran gets the cause, all others their results.</summary>
public sealed class DeathGridSpecs : ProcessSpec
{
    private static readonly CallOptions s_innocent = new() { Retries = 5 };

    [Theory(Timeout = 120_000)]
    [InlineData(DeathPhase.Decoding)]
    [InlineData(DeathPhase.Running)]
    [InlineData(DeathPhase.Encoding)]
    public async Task I_get_the_cause_for_the_guilty_call_and_the_results_of_all_others(DeathPhase phase)
    {
        await using ProcessPoolExecutor pool = new(2);
        foreach (DeathWay way in Enum.GetValues<DeathWay>())
        {
            // No retries: not one of these may be hit.
            List<Future<int>> others = [.. Enumerable.Range(0, 5).Select(number => pool.Submit(() => number))];
            Future<int> guilty = Doom(pool, phase, way);
            others.AddRange(Enumerable.Range(5, 5).Select(number => pool.Submit(() => number)));

            WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => guilty.AsTask());

            Assert.Equal($"{phase} {way}", death.CallName);
            Assert.Equal(1, death.Attempts);
            AssertCause(way, death);
            Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(others.Select(static call => call.AsTask())));
        }

        Assert.Equal(Enum.GetValues<DeathWay>().Length, pool.Statistics.WorkersDied);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(DeathPhase.Idle, 100)]
    [InlineData(DeathPhase.AfterTheResult, 1)]
    public async Task I_lose_no_call_to_a_worker_that_dies_between_calls(DeathPhase phase, int milliseconds)
    {
        await using ProcessPoolExecutor pool = new(2);
        int died = 0;
        foreach (DeathWay way in Enum.GetValues<DeathWay>())
        {
            // The result may be overtaken by the death, if that comes so soon.
            await pool.Submit(() => Death.DieSoon(way, milliseconds), s_innocent with { Retries = phase == DeathPhase.Idle ? 0 : 50 });
            died++;
            for (int round = 0; pool.Statistics.WorkersDied < died || round < 3; round++)
            {
                Future<int>[] calls = [.. Enumerable.Range(0, 5).Select(number => pool.Submit(() => number, s_innocent))];
                Assert.Equal(Enumerable.Range(0, 5), await Task.WhenAll(calls.Select(static call => call.AsTask())));
                await Task.Delay(5, Token);
            }

            died = pool.Statistics.WorkersDied;
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DeathWay.Kill)]
    [InlineData(DeathWay.Crash)]
    [InlineData(DeathWay.ExitZero)]
    [InlineData(DeathWay.ExitThree)]
    [InlineData(DeathWay.FailFast)]
    [InlineData(DeathWay.ThreadThrows)]
    public async Task I_lose_no_call_to_a_worker_that_dies_in_its_initializer_or_while_it_is_told_to_stop(DeathWay way)
    {
        string marker = Path.Combine(Path.GetTempPath(), $"telar-grid-{Environment.ProcessId}-{way}");
        try
        {
            await using (ProcessPoolExecutor pool = new(new ProcessPoolOptions
            {
                MaxWorkers = 1,
                Initializer = () =>
                {
                    if (!File.Exists(marker))
                    {
                        File.WriteAllText(marker, "");
                        Death.Die(way);
                    }
                },
            }))
            {
                Assert.Equal(7, await pool.Submit(static () => 7));
                Assert.Equal(2, pool.Statistics.WorkersStarted);

                await pool.Submit(() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Death.Die(way == DeathWay.ExitZero || way == DeathWay.ExitThree ? DeathWay.Kill : way));
                Assert.Equal(8, await pool.Submit(static () => 8));
            }
        }
        finally
        {
            File.Delete(marker);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(15)]
    [InlineData(6)]
    public async Task I_lose_no_call_to_a_worker_that_gets_a_signal_while_it_starts(int signal)
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, MaxStartFailures = 50 });
        Future<int>[] calls = [.. Enumerable.Range(0, 10).Select(number => pool.Submit(() => number, s_innocent))];
        for (int i = 0; i < 4; i++)
        {
            int started = pool.Statistics.WorkersStarted;
            foreach (WorkerStatistics worker in pool.Statistics.Workers)
            {
                if (worker is { Status: WorkerStatus.Starting, ProcessId: > 0 })
                {
                    _ = Interop.Libc.kill(worker.ProcessId, signal);
                }
            }

            await Task.Delay(3 + (i * 17), Token);
        }

        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(calls.Select(static call => call.AsTask())));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(9)]
    [InlineData(6)]
    [InlineData(15)]
    public async Task I_can_lose_a_standby_and_do_not_notice(int signal)
    {
        int size = ForkServer.StandbyCount;
        ForkServer.StandbyCount = 1;
        try
        {
            await ForkServer.WaitUntilReadyAsync(Token);
            int standby = Assert.Single(
                Processes.ChildrenOf(Environment.ProcessId),
                static child => Processes.Title(child).StartsWith("telar-worker", StringComparison.Ordinal));
            _ = Interop.Libc.kill(standby, signal);

            // Most of the time it is not dead yet when it is taken.
            await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, StartMethod = StartMethod.ForkServer });
            Assert.Equal(7, await pool.Submit(static () => 7, s_innocent));
        }
        finally
        {
            ForkServer.Stop();
            ForkServer.StandbyCount = size;
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task I_read_SIGTERM_in_the_message_of_a_worker_that_got_one()
    {
        await using ProcessPoolExecutor pool = new(1);
        Future<int> call = pool.Submit(static () =>
        {
            _ = Interop.Libc.kill(Environment.ProcessId, 15);
            new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
            return 0;
        });

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => call.AsTask());

        Assert.Contains("SIGTERM", death.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task I_see_a_stack_overflow_by_its_name()
    {
        await using ProcessPoolExecutor pool = new(1);

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(static () => Deeper(1)));

        Assert.Equal("SIGABRT", death.Signal);
        Assert.Contains("stack overflow", death.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, await pool.Submit(static () => 1));

        static int Deeper(int level) => level + Deeper(level + 1) + Deeper(level + 2);
    }

    private static Future<int> Doom(ProcessPoolExecutor pool, DeathPhase phase, DeathWay way)
    {
        CallOptions named = new() { Name = string.Create(CultureInfo.InvariantCulture, $"{phase} {way}") };
        switch (phase)
        {
            case DeathPhase.Decoding:
                Dictionary<string, int> poison = new(new DyingComparer(way)) { ["one"] = 1 };
                return pool.Submit(() => poison.Count, named);
            case DeathPhase.Running:
                return pool.Submit(
                    () =>
                    {
                        Death.Die(way);
                        return 0;
                    },
                    named);
            default:
                Future<byte[]> big = pool.Submit(
                    () =>
                    {
                        Death.DieWhileEncoding(way);
                        return new byte[256 << 20];
                    },
                    named);
                FutureSource<int> source = new(named.Name);
                big.AddDoneCallback(ended =>
                {
                    if (ended.Exception() is { } failure)
                    {
                        source.SetException(failure);
                    }
                    else
                    {
                        source.SetResult(0);
                    }
                });
                return source.Future;
        }
    }

    private static void AssertCause(DeathWay way, WorkerDiedException death)
    {
        switch (way)
        {
            case DeathWay.Kill:
                Assert.Equal("SIGKILL", death.Signal);
                break;
            case DeathWay.ExitZero:
            case DeathWay.ExitThree:
                Assert.Null(death.Signal);
                Assert.Equal(way == DeathWay.ExitZero ? 0 : 3, death.ExitCode);
                break;
            case DeathWay.FailFast:
                Assert.Equal("SIGABRT", death.Signal);
                Assert.Contains("the test says so", death.Message, StringComparison.Ordinal);
                break;
            case DeathWay.ThreadThrows:
                Assert.Equal("SIGABRT", death.Signal);
                Assert.Contains("unhandled", death.Message, StringComparison.Ordinal);
                break;
            default:
                Assert.True(death.Signal is "SIGSEGV" or "SIGABRT", death.Message);
                break;
        }
    }
}
