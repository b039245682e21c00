using System.Diagnostics;
using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Futures.Observing;

/// <summary>A call that takes its caller's trace along to another process: sent instead of the call when there is a trace.</summary>
/// <remarks>
/// There the call runs under an activity that is a child of the caller's: one of <see cref="ExecutorMeter.Source"/> when somebody in that
/// process listens to it, else one that nobody hears of and that only passes the trace on.
/// </remarks>
internal sealed class TracedCall(RemoteCall call, string name, string traceParent, string? traceState, string[] baggage) : RemoteCall
{
    /// <summary>What to send for a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="options">Its options; they know its activity, if it has one.</param>
    /// <returns>The call itself, when there is no trace in the W3C's form to go on with.</returns>
    public static RemoteCall Wrap(RemoteCall call, CallOptions options) => DiagnosticLibrary.IsLoaded ? WrapTraced(call, options) : call;

    [StackTraceHidden]
    public override void Execute(RemoteCallContext context)
    {
        Activity? activity = null;
        Listeners.Tell(() => activity = Begin());
        try
        {
            call.Execute(context);
        }
        catch (Exception exception)
        {
            Listeners.Tell(() => Fail(activity, exception));
            throw;
        }
        finally
        {
            Listeners.Tell(() => activity?.Stop());
        }
    }

    private static RemoteCall WrapTraced(RemoteCall call, CallOptions options)
    {
        Activity? activity = options.Observation?.Activity ?? Activity.Current;
        return activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } traceParent }
            ? call
            : new TracedCall(call, options.Name ?? "call", traceParent, activity.TraceStateString, BaggageOf(activity));
    }

    private static string[] BaggageOf(Activity activity)
    {
        List<string> pairs = [];
        foreach ((string key, string? value) in activity.Baggage)
        {
            pairs.Add(key);
            pairs.Add(value ?? "");
        }

        return [.. pairs];
    }

    private static void Fail(Activity? activity, Exception exception) => activity?
        .SetTag(CallTags.ErrorType, exception.GetType().FullName)
        .SetStatus(ActivityStatusCode.Error, exception.Message)
        .AddException(exception);

    private Activity? Begin()
    {
        if (!ActivityContext.TryParse(traceParent, traceState, isRemote: true, out ActivityContext caller))
        {
            return null;
        }

        Activity activity = ExecutorMeter.Source.CreateActivity(name, ActivityKind.Server, caller)
            ?? new Activity(name).SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags);
        activity.TraceStateString = traceState;

        // The nearest comes first in the list, and is the one that is found when it was added last.
        for (int i = baggage.Length - 2; i >= 0; i -= 2)
        {
            _ = activity.AddBaggage(baggage[i], baggage[i + 1]);
        }

        _ = activity.SetTag("process.pid", Environment.ProcessId);
        return activity.Start();
    }
}
