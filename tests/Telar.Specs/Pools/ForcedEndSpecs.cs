using System.Runtime.InteropServices;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>A pool that is ended by force ends at once, and every call says so.</summary>
public sealed class ForcedEndSpecs : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task I_can_end_the_workers_by_force_and_every_call_ends_as_broken(bool gently, bool isAsync)
    {
        ProcessPoolExecutor pool = new(2);
        Future<int>[] running = [.. Enumerable.Range(0, 2).Select(_ => pool.Submit(Hang))];
        Future<int>[] pending = [.. Enumerable.Range(0, 20).Select(number => pool.Submit(() => number))];
        await Eventually.Holds(() => running.All(static call => call.IsRunning), () => "They do not run.");

        await EndAsync(pool, gently, isAsync);

        string method = gently ? nameof(pool.TerminateWorkers) : nameof(pool.KillWorkers);
        foreach (Future<int> call in running.Concat(pending))
        {
            Assert.True(call.IsDone);
            BrokenProcessPoolException broken = await Assert.ThrowsAsync<BrokenProcessPoolException>(() => call.AsTask());
            Assert.Contains(method, broken.Message, StringComparison.Ordinal);
        }

        Assert.True(pool.IsBroken);
        Assert.Throws<BrokenProcessPoolException>(() => { pool.Submit(static () => 1); });
        Assert.Equal(0, pool.Statistics.WorkersDied);
        pool.Shutdown();
        pool.KillWorkers();
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_terminate_workers_and_they_hear_the_signal_first()
    {
        using TemporaryFile file = new();
        ProcessPoolExecutor pool = new(1);
        Future<int> running = pool.Submit(() =>
        {
            using PosixSignalRegistration heard = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => File.AppendAllText(file.Path, " heard"));
            File.WriteAllText(file.Path, "listening");
            return Hang();
        });
        await Eventually.Holds(() => file.Text == "listening", () => "It does not run.");

        await pool.TerminateWorkersAsync(Token);

        Assert.Equal("listening heard", file.Text);
        await Assert.ThrowsAsync<BrokenProcessPoolException>(() => running.AsTask());
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_terminate_workers_that_ignore_it_and_they_are_killed()
    {
        using TemporaryFile file = new();
        ProcessPoolExecutor pool = new(1);
        Future<int> running = pool.Submit(() =>
        {
            _ = Interop.Libc.signal(15, Interop.Libc.SIG_IGN);
            File.WriteAllText(file.Path, "ignoring");
            return Hang();
        });
        await Eventually.Holds(() => file.Text == "ignoring", () => "It does not run.");

        await pool.TerminateWorkersAsync(Token);

        Assert.Contains("SIGKILL", Assert.Single(pool.Statistics.Workers).Exit, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokenProcessPoolException>(() => running.AsTask());
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_kill_workers_in_the_callback_of_a_call()
    {
        ProcessPoolExecutor pool = new(1);
        Future<int> first = pool.Submit(static () => 1);
        first.AddDoneCallback(_ => pool.KillWorkers());
        Future<int> second = pool.Submit(Hang);

        Assert.Equal(1, await first);
        await Assert.ThrowsAsync<BrokenProcessPoolException>(() => second.AsTask());
        await pool.ShutdownAsync(cancellationToken: Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_kill_a_pool_that_has_started_nothing_or_is_just_starting()
    {
        new ProcessPoolExecutor(2).KillWorkers();

        ProcessPoolExecutor starting = new(2);
        Future<int> call = starting.Submit(static () => 1);
        starting.KillWorkers();

        await Assert.ThrowsAsync<BrokenProcessPoolException>(() => call.AsTask());
    }

    private static int Hang()
    {
        new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
        return 0;
    }

    private static async Task EndAsync(ProcessPoolExecutor pool, bool gently, bool isAsync)
    {
        if (isAsync)
        {
            await (gently ? pool.TerminateWorkersAsync(Token) : pool.KillWorkersAsync(Token));
        }
        else
        {
            (gently ? pool.TerminateWorkers : (Action)pool.KillWorkers)();
        }
    }
}
