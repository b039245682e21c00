using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Scopes of calls in processes.</summary>
public sealed class TaskGroupSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_have_a_sibling_that_never_looks_stopped_when_one_call_fails()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, CancelGrace = TimeSpan.FromMilliseconds(200) });
        TaskGroup group = new(pool);
        Future deaf = group.Submit(static () => new ManualResetEventSlim().Wait(Timeout.Infinite));
        await Eventually.Holds(() => deaf.IsRunning, () => $"The call is {deaf.State}.");
        _ = group.Submit(static () => Throw());

        await Assert.ThrowsAsync<FormatException>(() => group.DisposeAsync().AsTask());

        Assert.True(deaf.IsCancelled);
        Assert.Equal(4, await pool.Submit(static () => 2 + 2));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_give_calls_in_processes_a_time_for_all_of_them()
    {
        await using ProcessPoolExecutor pool = new(1);
        Future? endless = null;

        await Assert.ThrowsAsync<TimeoutException>(() => TaskGroup.RunAsync(
            pool,
            group =>
            {
                endless = group.Submit(static token => token.WaitHandle.WaitOne());
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(300)));

        Assert.True(endless!.IsDone);
    }

    private static int Throw() => throw new FormatException();
}
