using System.Diagnostics;
using Xunit;

namespace Telar.Tests.Concurrent.Futures.Observing;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Observing;

/// <summary>
/// Alone, as stacks are taken while processors have time for it. Seen red with: quiet that counts from before the calls began; a hang that is
/// reported at every look.
/// </summary>
[CollectionDefinition(nameof(HangTests), DisableParallelization = true)]
[Collection(nameof(HangTests))]
public sealed class HangTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Look_FindsAHang_OnceAndOnlyWhenNoRunningCallEnds()
    {
        HangDetector detector = new(TimeSpan.FromSeconds(10));

        Assert.Null(Look(0, running: 0, ended: 5));
        Assert.Null(Look(100, running: 1, ended: 5));
        Assert.Null(Look(109, running: 2, ended: 5));
        Assert.Equal(TimeSpan.FromSeconds(11), Look(111, running: 2, ended: 5));
        Assert.Null(Look(150, running: 3, ended: 5));
        Assert.Null(Look(151, running: 2, ended: 6));
        Assert.Null(Look(160, running: 2, ended: 6));
        Assert.Equal(TimeSpan.FromSeconds(10), Look(161, running: 2, ended: 6));

        // The same number of calls has ended, but those that run now began after an idle time.
        Assert.Null(Look(170, running: 0, ended: 6));
        Assert.Null(Look(300, running: 1, ended: 6));
        Assert.Null(Look(309, running: 1, ended: 6));

        TimeSpan? Look(int second, int running, long ended) =>
            detector.Look(new ExecutorLoad(0, running, ended, 1, 1, 0), second * Stopwatch.Frequency);
    }

    [Fact(Timeout = 120_000)]
    public async Task AHangingPool_IsReportedOnce_WithTheStackOfTheCall()
    {
        List<ExecutorHang> hangs = [];
        TaskCompletionSource<ExecutorHang> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ThreadPoolExecutor executor = new(new ThreadPoolOptions
        {
            MaxWorkers = 1,
            ThreadNamePrefix = "hanging",
            HangTimeout = TimeSpan.FromMilliseconds(20),
            OnHang = hang =>
            {
                hangs.Add(hang);
                first.TrySetResult(hang);
                throw new InvalidOperationException("A consumer that throws harms nobody.");
            },
        });

        using Gate gate = new();
        _ = executor.Submit(() => StandsHere(gate), new CallOptions { Name = "stuck" }, Token);
        _ = executor.Submit(static () => { }, Token);
        ExecutorHang hang = await first.Task.WaitAsync(Token);

        Assert.Equal(("hanging", 1, 1), (hang.Executor, hang.CallsRunning, hang.CallsPending));
        Assert.True(hang.Quiet >= TimeSpan.FromMilliseconds(20));
        Assert.Contains("Executor 'hanging' seems to hang: no call has ended for ", hang.ToString(), StringComparison.Ordinal);
        Assert.Contains("runs call 'stuck' for ", hang.State, StringComparison.Ordinal);
        Assert.Contains($"at {typeof(HangTests).FullName}.{nameof(StandsHere)}", hang.State, StringComparison.Ordinal);
        gate.Open();
        await executor.DisposeAsync();
        Assert.Single(hangs);
    }

    [Fact(Timeout = 120_000)]
    public void HangTimeout_OfNothing_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ThreadPoolOptions { HangTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ProcessPoolOptions { HangTimeout = TimeSpan.FromSeconds(-1) });
    }

    [Fact(Timeout = 120_000)]
    public async Task DumpState_OfAnyExecutor_NamesItsFiguresThreadsAndLocks()
    {
        using InlineExecutor inline = new();
        inline.Submit(static () => { }, Token).Result();

        string text = await inline.DumpStateAsync(Token);

        Assert.StartsWith("InlineExecutor 'inline': 0 calls running, 0 pending, 1 ended.", text, StringComparison.Ordinal);
        Assert.Contains($"Process {Environment.ProcessId}:", text, StringComparison.Ordinal);
        Assert.Contains("Threads: ", text, StringComparison.Ordinal);
        Assert.Contains("Waiting: ", text, StringComparison.Ordinal);
    }

    private static void StandsHere(Gate gate) => gate.Wait();
}
