using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Executors;

/// <summary>The options of a call, which do the same everywhere.</summary>
public abstract partial class ExecutorContract
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact(Timeout = Limit)]
    public async Task I_limit_the_time_of_a_call_that_heeds_its_token()
    {
        await using Executor executor = Make(1);
        CallOptions limited = new() { Name = "slow", Timeout = TimeSpan.FromMilliseconds(50), Grace = TimeSpan.FromSeconds(30) };

        Future<int> slow = executor.Submit(
            static token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            limited);
        CallTimeoutException thrown = await Assert.ThrowsAsync<CallTimeoutException>(() => slow.AsTask());

        Assert.Equal((CallStop.Cooperative, "slow", limited.Timeout), (thrown.Stop, thrown.CallName, thrown.Timeout));
        Assert.Equal(2, await executor.Submit(static () => 2, limited with { Timeout = s_hour }));
    }

    [Fact(Timeout = Limit)]
    public async Task I_keep_the_value_of_a_call_that_was_asked_to_stop_and_returned_all_the_same()
    {
        await using Executor executor = Make(1);
        using CallLog log = new();
        string path = log.Path;
        CallOptions limited = new() { Timeout = TimeSpan.FromMilliseconds(50), Grace = TimeSpan.FromSeconds(30) };
        Func<CancellationToken, int> untilAsked = token =>
        {
            CallLog.Note(path, "begun");
            token.WaitHandle.WaitOne();
            return 7;
        };

        Assert.Equal(7, await executor.Submit(untilAsked, limited));

        SkipUnlessItRunsBeside();
        Future<int> stopped = executor.Submit(untilAsked, new CallOptions { Grace = TimeSpan.FromSeconds(30) });
        await Eventually.Holds(() => log.Lines.Count == 2, () => $"The call is {stopped.State}.");
        Assert.True(stopped.CancelRunning());
        Assert.Equal(7, await stopped);

        using CancellationTokenSource stop = new();
        Future<int> byToken = executor.Submit(untilAsked, new CallOptions { Grace = TimeSpan.FromSeconds(30) }, stop.Token);
        await Eventually.Holds(() => log.Lines.Count == 3, () => $"The call is {byToken.State}.");
        await stop.CancelAsync();
        Assert.Equal(7, await byToken);
    }

    /// <summary>Seen red: the timer of a pool of threads refused the time, and the program ended with it.</summary>
    [Fact(Timeout = Limit)]
    public async Task I_set_a_limit_beyond_all_timers()
    {
        await using Executor executor = Make(1);

        Assert.Equal(1, await executor.Submit(static () => 1, new CallOptions { Timeout = TimeSpan.MaxValue, Grace = TimeSpan.MaxValue }));

        CallOptions graceful = new() { Timeout = TimeSpan.FromMilliseconds(50), Grace = TimeSpan.MaxValue };
        await Assert.ThrowsAsync<CallTimeoutException>(() => executor.SubmitAsync(
            static token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
            },
            graceful));
    }

    [Fact(Timeout = Limit)]
    public async Task I_have_a_call_repeated_until_it_succeeds()
    {
        await using Executor executor = Make(2);
        using CallLog log = new();
        string path = log.Path;
        CallOptions stubborn = new() { Retry = new RetryPolicy(5) { Delay = TimeSpan.FromMilliseconds(1) } };

        Assert.Equal(3, await executor.Submit(() => CallLog.Note(path, "try") is int tries and < 3 ? throw new FormatException($"{tries}") : 3, stubborn));

        Assert.Equal(3, log.Lines.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task I_learn_how_often_a_call_was_tried_in_vain()
    {
        await using Executor executor = Make(2);
        using CallLog log = new();
        string path = log.Path;
        CallOptions stubborn = new() { Retry = RetryPolicy.On<FormatException>(4) with { Delay = TimeSpan.Zero } };

        Future<int> hopeless = executor.Submit(() => CallLog.Note(path, "try") > 0 ? throw new FormatException("no") : 0, stubborn);
        Future<int> other = executor.Submit(() => path.Length > 0 ? throw new ArithmeticException("other") : 0, stubborn);

        Assert.Equal(4, (await Assert.ThrowsAsync<FormatException>(() => hopeless.AsTask())).Data[RetryPolicy.AttemptsKey]);
        Assert.Equal(1, (await Assert.ThrowsAsync<ArithmeticException>(() => other.AsTask())).Data[RetryPolicy.AttemptsKey]);
        Assert.Equal(4, log.Lines.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task I_stop_a_call_between_two_attempts()
    {
        SkipUnlessItRunsBeside();
        await using Executor executor = Make(1);
        using CallLog log = new();
        string path = log.Path;
        CallOptions patient = new() { Retry = new RetryPolicy(5) { Delay = s_hour, MaxDelay = s_hour } };
        Future<int> future = executor.Submit(() => CallLog.Note(path, "try") > 0 ? throw new FormatException("no") : 0, patient);

        // One worker: when this one has run, the first attempt has ended.
        await executor.Submit(static () => { });

        Assert.True(future.IsRunning);
        Assert.False(future.Cancel());
        Assert.True(future.CancelRunning());
        await Assert.ThrowsAsync<FutureCancelledException>(() => future.AsTask());
        Assert.Single(log.Lines);
    }

    [Fact(Timeout = Limit)]
    public async Task I_shut_it_down_between_two_attempts_and_the_call_ends_as_its_last_attempt()
    {
        SkipUnlessItRunsBeside();
        Executor executor = Make(1);
        CallOptions patient = new() { Retry = new RetryPolicy(5) { Delay = s_hour, MaxDelay = s_hour } };
        string text = "no";
        Future<int> future = executor.Submit(() => text.Length > 0 ? throw new FormatException(text) : 0, patient);
        await executor.Submit(static () => { });

        Task ended = executor.ShutdownAsync();
        Assert.False(ended.IsCompleted);
        await executor.ShutdownAsync(cancelFutures: true);

        await ended;
        Assert.Equal(1, Assert.IsType<FormatException>(future.Exception()).Data[RetryPolicy.AttemptsKey]);
    }

    [Fact(Timeout = Limit)]
    public async Task I_share_a_rate_limit_and_can_cancel_what_waits_for_a_permit()
    {
        SkipUnlessItRunsBeside();
        await using Executor executor = Make(2);
        await using Executor other = Make(1);
        CallOptions limited = new() { RateLimit = new RateLimit(permits: 1, s_hour, burst: 2) };
        Assert.Equal(1, await executor.Submit(static () => 1, limited));
        Assert.Equal(2, await other.Submit(static () => 2, limited));
        Future<int> third = executor.Submit(static () => 3, limited);
        Future<int> fourth = other.Submit(static () => 4, limited);

        Assert.Equal((FutureState.Pending, FutureState.Pending), (third.State, fourth.State));
        Assert.True(third.Cancel());
        await other.ShutdownAsync(cancelFutures: true);
        Assert.True(fourth.IsCancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task I_have_the_more_important_call_run_first()
    {
        Assert.SkipUnless(HonoursPriority, "There is no order to change.");
        using CallLog log = new();
        string path = log.Path;
        await using (Executor executor = Make(1))
        {
            Future<int> blocker = Block(executor);
            foreach ((string name, int priority) in new[] { ("a", 0), ("b", -1), ("c", 5), ("d", 0), ("e", 5) })
            {
                _ = executor.Submit(() => CallLog.Note(path, name), new CallOptions { Priority = priority });
            }

            Release(blocker);
        }

        Assert.Equal("ceadb", string.Concat(log.Lines));
    }

    [Fact(Timeout = Limit)]
    public async Task I_submit_no_more_than_there_is_room_for()
    {
        SkipUnlessItRunsBeside();
        await using Executor executor = Make(new ExecutorKind(1) { MaxPending = 3 });
        Future<int> blocker = Block(executor);
        Future<int>[] pending = [.. Enumerable.Range(0, 3).Select(number => executor.Submit(() => number))];
        using CancellationTokenSource leave = new();
        Task<Future<int>> waiting = Task.Run(() => executor.Submit(static () => 7), Token);
        Task<Future<int>> leaving = Task.Run(() => executor.Submit(static () => 8, leave.Token), Token);
        Task<int> waitingToo = executor.SubmitAsync(static () => 9);

        await leave.CancelAsync();
        Assert.True((await leaving).IsCancelled);
        Assert.False(waiting.IsCompleted);
        Release(blocker);

        Assert.Equal((7, 9), (await await waiting, await waitingToo));
        Assert.Equal([0, 1, 2], pending.Select(static future => future.Result()));
    }
}
