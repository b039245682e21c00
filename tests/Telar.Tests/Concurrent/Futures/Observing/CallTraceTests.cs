using System.Diagnostics;
using Xunit;

namespace Telar.Tests.Concurrent.Futures.Observing;

using Telar.Concurrent.Futures;

/// <summary>
/// Alone, as a listener sees the calls of the whole process. Seen red with: a call that runs without its activity; an end that leaves the
/// submitter's activity on the thread that ended the call; a cancelled call whose activity is never stopped.
/// </summary>
[CollectionDefinition(nameof(CallTraceTests), DisableParallelization = true)]
[Collection(nameof(CallTraceTests))]
public sealed class CallTraceTests : IDisposable
{
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public CallTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Telar.Concurrent.Futures",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (_ended)
                {
                    _ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _listener.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void ACall_IsAnActivityOfItsCaller_AndRunsInIt(bool isInline)
    {
        using Executor executor = isInline ? new InlineExecutor() : new ThreadPoolExecutor(new ThreadPoolOptions { MaxWorkers = 1, ThreadNamePrefix = "traced" });
        using Activity caller = new Activity("caller").Start();
        CallOptions options = new() { Name = "resize" };

        ActivitySpanId inside = executor.Submit(() => Activity.Current!.SpanId, options, Token).Result();

        Assert.Same(caller, Activity.Current);
        Activity call = Assert.Single(_ended);
        Assert.Equal((caller.SpanId, inside, "resize", ActivityKind.Internal), (call.ParentSpanId, call.SpanId, call.OperationName, call.Kind));
        Assert.Equal(executor.Name, call.GetTagItem("telar.executor.name"));
        Assert.Equal(executor.GetType().Name, call.GetTagItem("telar.executor.type"));
        Assert.Equal("succeeded", call.GetTagItem("telar.call.outcome"));
        Assert.Equal(1, call.GetTagItem("telar.call.attempts"));
        Assert.True(call.GetTagItem("telar.call.queue_time") is >= 0.0);
        Assert.Equal(ActivityStatusCode.Unset, call.Status);
        Assert.True(isInline || call.GetTagItem("telar.worker.name") is "traced_0");
        executor.Submit(static () => Assert.NotNull(Activity.Current), Token).Result();
        Assert.Equal("call", _ended[1].OperationName);
    }

    [Fact(Timeout = 120_000)]
    public void ACallThatFails_SaysWithWhat()
    {
        using ThreadPoolExecutor executor = new(1);

        Assert.Throws<FormatException>(() => executor.Submit(static () => throw new FormatException("no number"), Token).Result());
        Assert.Throws<CallTimeoutException>(() => executor.Submit(
            static token => token.WaitHandle.WaitOne() ? throw new OperationCanceledException(token) : 0,
            new CallOptions { Timeout = TimeSpan.FromMilliseconds(1) },
            Token).Result());

        Assert.Equal(["failed", "timed_out"], _ended.Select(static call => call.GetTagItem("telar.call.outcome")));
        Assert.Equal("System.FormatException", _ended[0].GetTagItem("error.type"));
        Assert.Equal((ActivityStatusCode.Error, "no number"), (_ended[0].Status, _ended[0].StatusDescription));
        Assert.Equal("exception", Assert.Single(_ended[0].Events).Name);
    }

    [Fact(Timeout = 120_000)]
    public void ACallThatNeverRuns_EndsItsActivity_AndLeavesTheCancellersOwnOneAlone()
    {
        using ThreadPoolExecutor executor = new(1);
        using Gate gate = new();
        _ = executor.Submit(gate.Wait, Token);
        gate.Entered.Wait(Token);
        Future pending = executor.Submit(static () => { }, Token);
        using Activity canceller = new Activity("canceller").Start();

        Assert.True(pending.Cancel());

        Assert.Same(canceller, Activity.Current);
        Activity call = Assert.Single(_ended);
        Assert.Equal("cancelled", call.GetTagItem("telar.call.outcome"));
        Assert.Null(call.GetTagItem("telar.worker.name"));
        gate.Open();
    }

    [Fact(Timeout = 120_000)]
    public void ACallThatIsRefused_EndsItsActivity()
    {
        using ThreadPoolExecutor executor = new(new ThreadPoolOptions { MaxWorkers = 1, Initializer = static () => throw new FormatException() });
        Assert.Throws<BrokenThreadPoolException>(() => executor.Submit(static () => { }, Token).Result());

        Assert.Throws<BrokenThreadPoolException>(() => { executor.Submit(static () => { }, Token); });

        Assert.Equal(["broken", "refused"], _ended.Select(static call => call.GetTagItem("telar.call.outcome")));
    }

    [Fact(Timeout = 120_000)]
    public void ACallThatIsRepeated_IsAnActivityForEachAttempt_AllOfItsCaller()
    {
        using ThreadPoolExecutor executor = new(1);
        using Activity caller = new Activity("caller").Start();
        CallOptions options = new() { Retry = new RetryPolicy(3) { Delay = TimeSpan.Zero } };

        Assert.Throws<FormatException>(() => executor.Submit(static () => throw new FormatException(), options, Token).Result());

        Assert.Equal(3, _ended.Count);
        Assert.All(_ended, call => Assert.Equal(caller.SpanId, call.ParentSpanId));
    }

    [Fact(Timeout = 120_000)]
    public void ACallersActivity_IsNotOnTheThreadOfTheNextCall()
    {
        using ThreadPoolExecutor executor = new(1);
        using (new Activity("caller").Start())
        {
            executor.Submit(static () => { }, Token).Result();
        }

        _listener.Dispose();
        Assert.Null(executor.Submit(static () => Activity.Current, Token).Result());
    }

    [Fact(Timeout = 120_000)]
    public void AListenerThatThrows_HarmsNoCall()
    {
        using ActivityListener hostile = new()
        {
            ShouldListenTo = source => source.Name == "Telar.Concurrent.Futures",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = static _ => throw new InvalidOperationException("started"),
            ActivityStopped = static _ => throw new InvalidOperationException("stopped"),
        };
        ActivitySource.AddActivityListener(hostile);
        using ThreadPoolExecutor threads = new(1);
        using InlineExecutor inline = new();
        using Activity caller = new Activity("caller").Start();

        foreach (Executor executor in (Executor[])[threads, inline])
        {
            Assert.Equal(7, executor.Submit(static () => 7, Token).Result());
            Assert.Throws<FormatException>(() => executor.Submit(static () => throw new FormatException(), Token).Result());
            Assert.Same(caller, Activity.Current);
        }
    }
}
