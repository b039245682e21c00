using System.Diagnostics;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Observing;

/// <summary>A trace goes on in the worker, with all that belongs to it; without one nothing of it travels.</summary>
/// <remarks>Seen red with: calls that are sent without their trace; baggage that is sent in the wrong order; an activity that stays.</remarks>
public sealed class TraceSpecs : ProcessSpec
{
    private static ActivityListener? s_listener;
    private static Activity? s_lastEnded;

    [Fact(Timeout = 120_000)]
    public async Task I_can_go_on_with_my_trace_in_a_worker()
    {
        await using ProcessPoolExecutor pool = new(1);
        using Activity caller = new Activity("caller").AddBaggage("tenant", "old").AddBaggage("tenant", "blue");
        caller.TraceStateString = "vendor=7";
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        caller.Start();

        string inside = await pool.Submit(static () => Tell(Activity.Current));
        Assert.Same(caller, Activity.Current);
        Activity.Current = null;
        string without = await pool.Submit(static () => Tell(Activity.Current));

        Assert.Equal($"{caller.TraceId} {caller.SpanId} vendor=7 Recorded blue", inside);
        Assert.Equal("none", without);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_a_call_as_a_request_and_the_worker_sees_what_becomes_of_it()
    {
        List<Activity> calls = [];
        using ActivityListener listener = Listener(calls.Add);
        ActivitySource.AddActivityListener(listener);
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, Initializer = static () => ListenHere() });

        await Assert.ThrowsAsync<FormatException>(() => pool.SubmitAsync(static () => throw new FormatException("bad"), new CallOptions { Name = "parse" }, Token));
        string worker = await pool.Submit(static () => Tell(s_lastEnded));

        Activity call = calls[0];
        Assert.Equal(("parse", ActivityKind.Client, "failed"), (call.OperationName, call.Kind, call.GetTagItem("telar.call.outcome")));
        Assert.Equal($"{pool.Name}/1", call.GetTagItem("telar.worker.name"));
        Assert.StartsWith($"{call.TraceId} {call.SpanId}", worker, StringComparison.Ordinal);
        Assert.EndsWith(" Server parse System.FormatException", worker, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_each_attempt_of_a_call_whose_worker_died()
    {
        List<Activity> calls = [];
        using ActivityListener listener = Listener(calls.Add);
        ActivitySource.AddActivityListener(listener);
        await using ProcessPoolExecutor pool = new(1);

        await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(static () => Environment.Exit(3), new CallOptions { Retries = 1 }, Token));

        Activity call = Assert.Single(calls);
        Assert.Equal(("worker_died", 2), (call.GetTagItem("telar.call.outcome"), call.GetTagItem("telar.call.attempts")));
        Assert.Equal(typeof(WorkerDiedException).FullName, call.GetTagItem("error.type"));
        Assert.Equal(2, pool.Load.WorkersDied);
    }

    private static void ListenHere()
    {
        s_listener = Listener(static activity => s_lastEnded = activity);
        ActivitySource.AddActivityListener(s_listener);
    }

    private static ActivityListener Listener(Action<Activity> ended) => new()
    {
        ShouldListenTo = static source => source.Name == "Telar.Concurrent.Futures",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = ended,
    };

    private static string Tell(Activity? activity) => activity is null
        ? "none"
        : $"{activity.TraceId} {activity.ParentSpanId} {activity.TraceStateString} {activity.ActivityTraceFlags} {activity.GetBaggageItem("tenant")}"
            + (activity.IsStopped ? $" {activity.Kind} {activity.OperationName} {activity.GetTagItem("error.type")}" : "");
}
