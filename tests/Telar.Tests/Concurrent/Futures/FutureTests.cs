using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class FutureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void State_FollowsTheCall()
    {
        FutureSource<int> source = new();
        Future<int> future = source.Future;
        Assert.Equal((FutureState.Pending, false, false, false), (future.State, future.IsRunning, future.IsDone, future.IsCancelled));

        Assert.True(source.SetRunningOrNotifyCancel());
        Assert.Equal((FutureState.Running, true, false, false), (future.State, future.IsRunning, future.IsDone, future.IsCancelled));

        source.SetResult(42);
        Assert.Equal((FutureState.Finished, false, true, false), (future.State, future.IsRunning, future.IsDone, future.IsCancelled));
        Assert.Equal(42, future.Result());
        Assert.Null(future.Exception());
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_WhenPending_CancelsAndRunsTheCallbacks()
    {
        FutureSource<int> source = new("resize");
        int calls = 0;
        source.Future.AddDoneCallback(_ => calls++);

        Assert.True(source.Future.Cancel());
        Assert.True(source.Future.Cancel());

        Assert.True(source.Future.IsCancelled);
        Assert.True(source.Future.IsDone);
        Assert.Equal(1, calls);
        FutureCancelledException thrown = Assert.Throws<FutureCancelledException>(() => source.Future.Result());
        Assert.Equal("Call 'resize' was cancelled before it started, so it has no result.", thrown.Message);
        Assert.False(thrown.HasRun);
        Assert.Throws<FutureCancelledException>(() => { source.Future.Exception(); });
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_WhenRunningOrFinished_IsRefused()
    {
        FutureSource<int> source = new();
        source.SetRunningOrNotifyCancel();
        Assert.False(source.Future.Cancel());
        Assert.True(source.Future.IsRunning);

        source.SetResult(1);
        Assert.False(source.Future.Cancel());
        Assert.Equal(1, source.Future.Result());
    }

    [Fact(Timeout = 120_000)]
    public void SetRunningOrNotifyCancel_WhenCancelled_SaysSoOnce()
    {
        FutureSource<int> source = new();
        source.Future.Cancel();

        Assert.False(source.SetRunningOrNotifyCancel());
        Assert.Equal(FutureState.Cancelled, Assert.Throws<InvalidStateException>(() => source.SetRunningOrNotifyCancel()).State);
        Assert.True(source.Future.IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public void SetRunningOrNotifyCancel_WhenRunning_IsRefusedWithTheState()
    {
        FutureSource<int> source = new("resize");
        source.SetRunningOrNotifyCancel();

        InvalidStateException thrown = Assert.Throws<InvalidStateException>(() => source.SetRunningOrNotifyCancel());

        Assert.Equal(FutureState.Running, thrown.State);
        Assert.StartsWith(
            "SetRunningOrNotifyCancel needs a Pending or newly Cancelled future, but this one is Running: Future<Int32> 'resize' running.",
            thrown.Message, StringComparison.Ordinal);
        Assert.True(source.Future.IsRunning);
        source.SetResult(1);
    }

    [Fact(Timeout = 120_000)]
    public void TryRun_OfACallThatIsRunAgain_StaysRunning()
    {
        Future<int> future = new();
        Assert.True(future.TryRun());
        Assert.True(future.TryRun());
        Assert.True(future.TrySetResult(1));
        Assert.False(future.TryRun());
    }

    [Fact(Timeout = 120_000)]
    public void SetResult_WhenPending_IsAllowedAsInPython()
    {
        FutureSource<string> source = new();
        source.SetResult("early");
        Assert.Equal("early", source.Future.Result());
    }

    [Fact(Timeout = 120_000)]
    public void SetX_WhenDone_ThrowsAndKeepsTheOutcome()
    {
        FutureSource<int> source = new();
        source.SetResult(1);

        Assert.Throws<InvalidStateException>(() => source.SetResult(2));
        Assert.Throws<InvalidStateException>(() => source.SetException(new FormatException()));
        Assert.Throws<InvalidStateException>(() => source.SetCancelled(Token));
        Assert.Throws<InvalidStateException>(() => source.SetRunningOrNotifyCancel());
        Assert.False(source.TrySetResult(2));
        Assert.False(source.TrySetException(new FormatException()));
        Assert.False(source.TrySetCancelled(Token));
        Assert.Equal(1, source.Future.Result());
        Assert.Null(source.Future.Exception());
    }

    [Fact(Timeout = 120_000)]
    public void SetCancelled_WhenRunning_SaysThatItRan()
    {
        FutureSource<int> source = new();
        source.SetRunningOrNotifyCancel();
        source.SetCancelled(Token);

        FutureCancelledException thrown = Assert.Throws<FutureCancelledException>(() => source.Future.Result());
        Assert.True(thrown.HasRun);
        Assert.Equal("The call was stopped while it ran, so it has no result.", thrown.Message);
    }

    [Fact(Timeout = 120_000)]
    public void Result_OfAFailedCall_ThrowsTheExceptionItselfWithItsStack()
    {
        FutureSource<int> source = new();
        source.SetException(Thrown());

        FormatException thrown = Assert.Throws<FormatException>(() => source.Future.Result());

        Assert.Same(source.Future.Exception(), thrown);
        Assert.Contains(nameof(ThrowDeepDown), thrown.StackTrace, StringComparison.Ordinal);
        Assert.Contains("End of stack trace from previous location", thrown.StackTrace, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Result_RethrownToSeveralCallers_DoesNotLetTheStackGrow()
    {
        FutureSource<int> source = new();
        source.SetException(Thrown());
        int first = StackOf(source.Future).Length;

        for (int i = 0; i < 50; i++)
        {
            StackOf(source.Future);
        }

        Assert.Equal(first, StackOf(source.Future).Length);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static string StackOf(Future<int> future) => Assert.Throws<FormatException>(() => future.Result()).StackTrace!;
    }

    [Fact(Timeout = 120_000)]
    public void Result_WhenTheTimeRunsOut_NamesTheCallAndLeavesItAlone()
    {
        FutureSource<int> source = new("resize");
        source.SetRunningOrNotifyCancel();

        TimeoutException thrown = Assert.Throws<TimeoutException>(() => source.Future.Result(TimeSpan.FromMilliseconds(20), Token));

        Assert.StartsWith("Call 'resize' had not ended after 20 ms; its state is Running and it goes on.", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<TimeoutException>(() => source.Future.Result(TimeSpan.Zero, Token));
        Assert.True(source.Future.IsRunning);
        source.SetResult(3);
        Assert.Equal(3, source.Future.Result(TimeSpan.Zero, Token));
    }

    [Fact(Timeout = 120_000)]
    public void Result_WithABadTimeout_IsAnArgumentError()
    {
        Future<int> future = new FutureSource<int>().Future;
        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(() => future.Result(TimeSpan.FromMilliseconds(-2), Token)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => { future.Exception(TimeSpan.FromMilliseconds(-2), Token); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = future.ResultAsync(TimeSpan.FromMilliseconds(-2), Token); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = future.ExceptionAsync(TimeSpan.FromMilliseconds(-2), Token); });
    }

    [Fact(Timeout = 120_000)]
    public async Task Result_WhenTheWaitIsCancelled_LeavesTheCallAlone()
    {
        FutureSource<int> source = new();
        using CancellationTokenSource cancel = new();
        Task<int> wait = Task.Run(() => source.Future.Result(Timeout.InfiniteTimeSpan, cancel.Token), Token);

        await cancel.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.IsNotType<FutureCancelledException>(thrown);
        Assert.Equal(FutureState.Pending, source.Future.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Result_OfACallThatReturnsNothing_Waits()
    {
        using ThreadPoolExecutor executor = new(2);
        using ManualResetEventSlim gate = new();
        Future future = executor.Submit(() => gate.Wait(Token), Token);
        Task wait = Task.Run(() => future.Result(), Token);
        Assert.False(wait.IsCompleted);

        gate.Set();

        await wait;
        Assert.Equal("Future finished, returned nothing", future.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitsInVain_LeaveNothingBehind()
    {
        FutureSource<int> source = new();
        Future<int> future = source.Future;
        using CancellationTokenSource cancel = new();
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<TimeoutException>(() => { future.Result(TimeSpan.Zero, Token); });
            Assert.Throws<TimeoutException>(() => { Futures.AsCompleted([future], TimeSpan.Zero, Token).First(); });
            Assert.Empty(Futures.Wait([future], TimeSpan.Zero, cancellationToken: Token).Done);
            Assert.Empty((await Futures.WaitAsync([future], TimeSpan.Zero, cancellationToken: Token)).Done);
            using (IEnumerator<Future<int>> left = Futures.AsCompleted([future], cancellationToken: Token).GetEnumerator())
            {
            }
        }

        object? waiters = typeof(Future).GetField("_waiters", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(future);
        Assert.True(waiters is null or System.Collections.ICollection { Count: 0 }, $"Something still waits: {waiters}");
    }

    [Fact(Timeout = 120_000)]
    public void Callbacks_RunInOrderInTheCompletingThreadWithTheFuture()
    {
        FutureSource<int> source = new();
        List<(int, int, Future)> calls = [];
        source.Future.AddDoneCallback(future => calls.Add((1, Environment.CurrentManagedThreadId, future)));
        ((Future)source.Future).AddDoneCallback(future => calls.Add((2, Environment.CurrentManagedThreadId, future)));
        source.Future.AddDoneCallback(future => calls.Add((3 + future.Result(), Environment.CurrentManagedThreadId, future)));

        int thread = 0;
        Thread completing = new(() =>
        {
            thread = Environment.CurrentManagedThreadId;
            source.SetResult(10);
        });
        completing.Start();
        completing.Join();

        Assert.Equal([(1, thread, source.Future), (2, thread, source.Future), (13, thread, source.Future)], calls);
    }

    [Fact(Timeout = 120_000)]
    public void AddDoneCallback_WhenDone_RunsAtOnceHere()
    {
        FutureSource<int> source = new();
        source.SetResult(1);
        int thread = 0;
        source.Future.AddDoneCallback(_ => thread = Environment.CurrentManagedThreadId);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact(Timeout = 120_000)]
    public void ACallbackThatThrows_IsReportedAndStopsNobody()
    {
        FutureSource<int> source = new();
        List<(Future, Exception)> reported = [];
        EventHandler<FutureCallbackFailedEventArgs> report = (_, failure) =>
        {
            if (failure.Future == source.Future)
            {
                reported.Add((failure.Future, failure.Exception));
                throw new InvalidOperationException("a handler that fails too");
            }
        };
        Future.CallbackFailed += report;
        try
        {
            FormatException mistake = new("callback");
            bool wasRun = false;
            source.Future.AddDoneCallback(_ => throw mistake);
            source.Future.AddDoneCallback(_ => wasRun = true);

            source.SetResult(1);
            source.Future.AddDoneCallback(_ => throw mistake);

            Assert.True(wasRun);
            Assert.Equal([(source.Future, mistake), (source.Future, mistake)], reported);
            Assert.Equal(1, source.Future.Result());
        }
        finally
        {
            Future.CallbackFailed -= report;
        }
    }

    [Fact(Timeout = 120_000)]
    public void ACallback_SeesTheAsyncLocalsOfWhoeverAddedIt()
    {
        AsyncLocal<string> who = new() { Value = "adder" };
        FutureSource<int> source = new();
        string? seen = null;
        source.Future.AddDoneCallback(_ => seen = who.Value);
        who.Value = "completer";

        source.SetResult(1);

        Assert.Equal("adder", seen);
    }

    [Fact(Timeout = 120_000)]
    public async Task SetResult_ReleasesWaitersBeforeItRunsCallbacks()
    {
        FutureSource<int> source = new();
        using ManualResetEventSlim waiting = new();
        bool released = false;
        Task<int> waiter = null!;
        source.Future.AddDoneCallback(_ => released = waiter.Wait(TimeSpan.FromSeconds(5), Token));
        waiter = Task.Run(() =>
        {
            waiting.Set();
            return source.Future.Result();
        }, Token);
        waiting.Wait(Token);

        source.SetResult(42);

        Assert.True(released, "A callback that waits for a thread that waits for the result held that thread up.");
        Assert.Equal(42, await waiter);
    }

    [Fact(Timeout = 120_000)]
    public async Task SetResult_WhileACallbackBlocksOnAnotherCaller_HoldsNoLock()
    {
        FutureSource<int> source = new();
        bool answered = false;
        source.Future.AddDoneCallback(future =>
        {
            Task other = Task.Run(
                () =>
                {
                    future.Cancel();
                    future.AddDoneCallback(_ => { });
                    _ = future.AsTask();
                },
                Token);
            answered = other.Wait(TimeSpan.FromSeconds(5), Token);
        });
        source.Future.AddDoneCallback(_ => { });

        await Task.Run(() => source.SetResult(42), Token);

        Assert.True(answered, "SetResult still held a lock of the future while the callback ran.");
    }

    [Fact(Timeout = 120_000)]
    public void ToString_TellsNameStateAndOutcome()
    {
        FutureSource<Dictionary<string, int>?> source = new("index");
        Assert.Equal("Future<Dictionary<String, Int32>> 'index' pending", source.Future.ToString());
        source.SetRunningOrNotifyCancel();
        Assert.Equal("Future<Dictionary<String, Int32>> 'index' running", source.Future.ToString());
        source.SetResult(null);
        Assert.Equal("Future<Dictionary<String, Int32>> 'index' finished, returned null", source.Future.ToString());

        FutureSource<object> other = new();
        other.SetResult("text");
        Assert.Equal("Future<Object> finished, returned String", other.Future.ToString());

        FutureSource<int> failed = new();
        failed.SetException(new FormatException());
        Assert.Equal("Future<Int32> finished, raised FormatException", failed.Future.ToString());

        FutureSource<int> cancelled = new();
        cancelled.Future.Cancel();
        Assert.Equal("Future<Int32> cancelled", cancelled.Future.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_AsksTheOwnerAndTakesItsWord()
    {
        Owner owner = new() { AllowsWithdrawal = false };
        FutureSource<int> source = new(owner: owner);
        Assert.False(source.Future.Cancel());
        Assert.Equal(FutureState.Pending, source.Future.State);

        owner.AllowsWithdrawal = true;
        Assert.True(source.Future.Cancel());
        Assert.Equal(2, owner.Withdrawals);
        Assert.True(source.Future.Cancel());
        Assert.Equal(2, owner.Withdrawals);
    }

    [Fact(Timeout = 120_000)]
    public void CancelRunning_CancelsAPendingCallAndAsksTheOwnerOfARunningOne()
    {
        Owner owner = new() { AllowsWithdrawal = true };
        Assert.True(new FutureSource<int>(owner: owner).Future.CancelRunning());
        Assert.Equal(0, owner.Stops);

        FutureSource<int> running = new(owner: owner);
        running.SetRunningOrNotifyCancel();
        Assert.True(running.Future.CancelRunning());
        Assert.Equal(1, owner.Stops);
        Assert.True(running.Future.IsRunning);

        running.SetResult(1);
        Assert.False(running.Future.CancelRunning());
        Assert.Equal(1, owner.Stops);
        Assert.Equal(1, running.Future.Result());
    }

    [Fact(Timeout = 120_000)]
    public void CancelRunning_WithoutAnOwner_CannotStopARunningCall()
    {
        FutureSource<int> source = new();
        source.SetRunningOrNotifyCancel();
        Assert.False(source.Future.CancelRunning());
        Assert.True(source.Future.IsRunning);
    }

    [Fact(Timeout = 120_000)]
    public void ADoneFuture_LetsGoOfItsOwner()
    {
        (FutureSource<int> source, WeakReference owner) = Make();
        source.SetResult(1);
        GC.Collect();
        Assert.False(owner.IsAlive);
        GC.KeepAlive(source);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (FutureSource<int>, WeakReference) Make()
        {
            Owner owner = new();
            return (new FutureSource<int>(owner: owner), new WeakReference(owner));
        }
    }

    internal static FormatException Thrown()
    {
        try
        {
            ThrowDeepDown();
            throw new InvalidOperationException("unreachable");
        }
        catch (FormatException exception)
        {
            return exception;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowDeepDown() => throw new FormatException("bad");

    private sealed class Owner : IFutureOwner
    {
        public bool AllowsWithdrawal { get; set; }

        public int Withdrawals { get; private set; }

        public int Stops { get; private set; }

        public bool Withdraw(Future future)
        {
            Withdrawals++;
            return AllowsWithdrawal;
        }

        public bool RequestStop(Future future)
        {
            Stops++;
            return true;
        }
    }
}
