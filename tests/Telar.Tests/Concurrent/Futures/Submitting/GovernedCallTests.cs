using Telar.Tests.Sched;
using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures.Submitting;

using Telar.Concurrent.Futures;

public sealed class GovernedCallTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();
    private readonly ThreadPoolExecutor _executor = new(1);
    private readonly CallOptions _patient;
    private int _attempts;

    public GovernedCallTests() => _patient = new CallOptions
    {
        Name = "frail",
        Retry = new RetryPolicy(3) { Delay = s_second, Jitter = 0, TimeProvider = _clock },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _executor.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Retry_RunsTheCallAgainAfterGrowingPauses()
    {
        Future<int> future = _executor.Submit(() => ++_attempts < 3 ? throw new FormatException() : _attempts, _patient);

        await _clock.TimerAsync(s_second).WaitAsync(Token);
        Assert.Equal(FutureState.Running, future.State);
        _clock.Advance(s_second);
        await _clock.TimerAsync(2 * s_second).WaitAsync(Token);
        _clock.Advance(2 * s_second);

        Assert.Equal(3, await future);
        Assert.Equal("frail", future.Name);
    }

    [Fact(Timeout = 120_000)]
    public void Retry_WhenAllAttemptsFail_EndsWithTheLastExceptionAndTheirNumber()
    {
        CallOptions quick = new() { Retry = new RetryPolicy(4) { Delay = TimeSpan.Zero } };

        Future future = _executor.Submit(() => throw new FormatException($"{++_attempts}"), quick);

        FormatException thrown = Assert.Throws<FormatException>(() => future.Result());
        Assert.Equal(("4", 4), (thrown.Message, thrown.Data[RetryPolicy.AttemptsKey]));
        Assert.Equal(4, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public void Retry_OfAnExceptionThatThePolicyDoesNotName_IsNone()
    {
        CallOptions others = new() { Retry = RetryPolicy.On<IOException>(attempts: 4) };
        Future future = _executor.Submit(() =>
        {
            _attempts++;
            throw new FormatException();
        }, others);

        Assert.Equal(1, Assert.IsType<FormatException>(future.Exception()).Data[RetryPolicy.AttemptsKey]);
        Assert.Equal(1, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public void Retry_WhenThePolicyThrows_EndsWithBothExceptions()
    {
        CallOptions bad = new() { Retry = new RetryPolicy(4) { When = _ => throw new ArithmeticException() } };

        AggregateException thrown = Assert.IsType<AggregateException>(_executor.Submit(() => throw new FormatException(), bad).Exception());

        Assert.Equal([typeof(ArithmeticException), typeof(FormatException)], thrown.InnerExceptions.Select(inner => inner.GetType()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancel_InAPause_IsTooLate_ButCancelRunningIsNot()
    {
        Future future = SubmitFailing();
        await _clock.TimerAsync(s_second).WaitAsync(Token);

        Assert.False(future.Cancel());
        Assert.False(future.IsDone);
        Assert.True(future.CancelRunning());

        Assert.True(Assert.Throws<FutureCancelledException>(() => future.Result()).HasRun);
        Assert.Equal(1, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public async Task TheToken_InAPause_CancelsTheCall()
    {
        using CancellationTokenSource cancel = new();
        Future future = SubmitFailing(cancel.Token);
        await _clock.TimerAsync(s_second).WaitAsync(Token);

        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, Assert.Throws<FutureCancelledException>(() => future.Result()).CancellationToken);
        Assert.Equal(1, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public void CancelRunning_OfAnAttempt_LeavesNoFurtherOne()
    {
        using ManualResetEventSlim started = new();
        Future future = _executor.Submit(token =>
        {
            _attempts++;
            started.Set();
            token.WaitHandle.WaitOne();
            throw new FormatException();
        }, _patient);
        started.Wait(Token);

        Assert.True(future.CancelRunning());

        Assert.IsType<FormatException>(future.Exception());
        Assert.Equal(1, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_InAPause_WaitsForTheOtherAttempts()
    {
        Future future = SubmitFailing();
        await _clock.TimerAsync(s_second).WaitAsync(Token);

        Task shutdown = _executor.ShutdownAsync();
        Assert.Throws<InvalidOperationException>(() => { _executor.Submit(() => 1); });
        Assert.Throws<InvalidOperationException>(() => { _executor.Submit(() => 1, _patient); });
        Assert.False(shutdown.IsCompleted);
        _clock.Advance(s_second);
        await _clock.TimerAsync(2 * s_second).WaitAsync(Token);
        _clock.Advance(2 * s_second);

        await shutdown;
        Assert.True(future.IsDone);
        Assert.Equal(3, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_WithCancelFutures_EndsAPauseAsTheLastAttemptEnded()
    {
        Future future = SubmitFailing();
        await _clock.TimerAsync(s_second).WaitAsync(Token);

        _executor.Shutdown(cancelFutures: true);

        Assert.True(future.IsDone);
        Assert.Equal(1, Assert.IsType<FormatException>(future.Exception()).Data[RetryPolicy.AttemptsKey]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_ByACallbackOfTheCall_DoesNotWaitForItself()
    {
        Future future = SubmitFailing();
        await _clock.TimerAsync(s_second).WaitAsync(Token);
        TaskCompletionSource isShutDown = new();
        future.AddDoneCallback(_ =>
        {
            _executor.Shutdown(wait: true);
            isShutDown.SetResult();
        });

        Assert.True(future.CancelRunning());

        await isShutDown.Task.WaitAsync(Token);
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_LimitsEachAttempt()
    {
        CallOptions limited = new()
        {
            Timeout = TimeSpan.FromMilliseconds(10),
            Retry = new RetryPolicy(2) { Delay = TimeSpan.Zero, When = static exception => exception is CallTimeoutException },
        };

        Future future = _executor.Submit(token =>
        {
            _attempts++;
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
        }, limited);

        Assert.Equal(2, Assert.IsType<CallTimeoutException>(future.Exception()).Data[RetryPolicy.AttemptsKey]);
        Assert.Equal(2, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public async Task RateLimit_HoldsCallsBackUntilThereIsAPermit()
    {
        CallOptions limited = new() { RateLimit = new RateLimit(permits: 2, s_second, timeProvider: _clock) };
        Future<int>[] futures = [.. Enumerable.Range(0, 4).Select(i => _executor.Submit(() => i, limited))];

        Assert.Equal((0, 1), (await futures[0], await futures[1]));
        Assert.Equal([FutureState.Pending, FutureState.Pending], [futures[2].State, futures[3].State]);
        _clock.Advance(s_second / 2);
        Assert.Equal(2, await futures[2]);
        Assert.False(futures[3].IsDone);
        _clock.Advance(s_second / 2);
        Assert.Equal(3, await futures[3]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancel_OfACallThatWaitsForItsPermit_KeepsItFromRunning()
    {
        CallOptions limited = new() { RateLimit = new RateLimit(permits: 1, s_second, timeProvider: _clock) };
        _executor.Submit(() => 0, limited).Result();
        Future cancelled = _executor.Submit(() => { _attempts++; }, limited);
        Future<int> next = _executor.Submit(() => 2, limited);

        Assert.True(cancelled.Cancel());

        Assert.False(Assert.Throws<FutureCancelledException>(() => cancelled.Result()).HasRun);
        _clock.Advance(s_second);
        Assert.Equal(2, await next);
        _executor.Shutdown();
        Assert.Equal(0, _attempts);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancel_WhenThePermitComesInTheSameMoment_IsTrueOnlyIfTheCallNeverRuns()
    {
        RateLimit limit = new(permits: 1, s_second, timeProvider: _clock);
        CallOptions limited = new() { RateLimit = limit };
        Assert.True(limit.TryTake());
        using Barrier together = new(2);
        for (int round = 0; round < 500; round++)
        {
            int ran = 0;
            Future future = _executor.Submit(() => { ran = 1; }, limited);
            Task granting = Task.Run(
                () =>
                {
                    together.SignalAndWait(Token);
                    _clock.Advance(s_second);
                },
                Token);
            together.SignalAndWait(Token);
            Thread.SpinWait(round % 300);
            bool isCancelled = future.Cancel();
            await granting;

            // One thread: when this has run, the call has too, if ever.
            await _executor.Submit(() => { });
            Assert.Equal(isCancelled ? (0, true) : (1, false), (ran, future.IsCancelled));

            // The permit is there again, unless the call was handed over with it and cancelled after that: the next round begins without.
            _ = limit.TryTake();
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_RunsTheCallsThatWaitForTheirPermits_OrCancelsThem()
    {
        CallOptions limited = new() { RateLimit = new RateLimit(permits: 1, s_second, timeProvider: _clock) };
        Future<int>[] futures = [.. Enumerable.Range(0, 3).Select(i => _executor.Submit(() => i, limited))];

        Task shutdown = _executor.ShutdownAsync();
        _clock.Advance(s_second);
        Assert.Equal(1, await futures[1]);
        Assert.False(shutdown.IsCompleted);
        await _executor.ShutdownAsync(cancelFutures: true);

        Assert.True(futures[2].IsCancelled);
        await shutdown;
    }

    [Fact(Timeout = 120_000)]
    public void AnAttempt_SeesTheContextOfTheSubmission()
    {
        AsyncLocal<string?> local = new() { Value = "caller" };
        List<string?> seen = [];
        CallOptions quick = new() { Retry = new RetryPolicy(2) { Delay = TimeSpan.Zero } };
        Future future = _executor.Submit(() =>
        {
            seen.Add(local.Value);
            local.Value = "call";
            throw new FormatException();
        }, quick);

        Assert.IsType<FormatException>(future.Exception());
        Assert.Equal(["caller", "caller"], seen);
    }

    [Fact(Timeout = 120_000)]
    public void Map_WithRetry_RepeatsTheItemThatFailed()
    {
        CallOptions quick = new() { Retry = new RetryPolicy(3) { Delay = TimeSpan.Zero } };
        int[] tries = new int[20];
        IEnumerable<int> results = _executor.Map(i => ++tries[i] < 3 && i % 5 == 0 ? throw new FormatException() : i, Enumerable.Range(0, 20), new MapOptions { Call = quick });

        Assert.Equal(Enumerable.Range(0, 20), results);
        Assert.Equal(20 + (4 * 2), tries.Sum());
    }

    [Fact(Timeout = 120_000)]
    public void Retry_OnAPoolThatBreaks_EndsWithWhatTheAttemptEndedWith()
    {
        using ManualResetEventSlim mayThrow = new();
        using ThreadPoolExecutor breaking = new(new ThreadPoolOptions
        {
            MaxWorkers = 1,
            Initializer = () =>
            {
                mayThrow.Wait(Token);
                throw new FormatException();
            },
        });
        Future future = breaking.Submit(() => { _attempts++; }, new CallOptions { Retry = new RetryPolicy(3) { Delay = TimeSpan.Zero } });
        mayThrow.Set();

        Assert.IsType<BrokenThreadPoolException>(future.Exception());
        Assert.Equal(0, _attempts);
        Assert.Throws<BrokenThreadPoolException>(() => { breaking.Submit(() => { }, _patient); });
    }

    [Fact(Timeout = 120_000)]
    public void InlineExecutor_RepeatsInsideSubmit()
    {
        using InlineExecutor inline = new();
        CallOptions quick = new()
        {
            Retry = new RetryPolicy(3) { Delay = TimeSpan.FromMilliseconds(1) },
            RateLimit = new RateLimit(1, TimeSpan.FromMilliseconds(1)),
        };
        List<int> threads = [];
        Future<int> future = inline.Submit(
            () =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                return threads.Count < 3 ? throw new FormatException() : 7;
            },
            quick);

        Assert.True(future.IsDone);
        Assert.Equal(7, future.Result());
        Assert.Equal(Enumerable.Repeat(Environment.CurrentManagedThreadId, 3), threads);
    }

    [Fact(Timeout = 120_000)]
    public void InlineExecutor_WhoseCallCancelsItsOwnToken_IsCancelledAndNotRepeated()
    {
        using InlineExecutor inline = new();
        using CancellationTokenSource cancel = new();

        Future<int> future = inline.Submit(
            token =>
            {
                _attempts++;
                cancel.Cancel();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            _patient,
            cancel.Token);

        Assert.True(future.IsCancelled);
        Assert.Equal(1, _attempts);
    }

    private Future SubmitFailing(CancellationToken cancellationToken = default) => _executor.Submit(() =>
    {
        _attempts++;
        throw new FormatException();
    }, _patient, cancellationToken);
}
