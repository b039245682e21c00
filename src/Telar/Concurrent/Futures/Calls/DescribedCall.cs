using System.Diagnostics;
using Telar.ContextVars;
using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call that takes along to another process what it would find in its context here: sent instead of the call when there is any.</summary>
internal sealed class DescribedCall<T>(ExecutorCall<T> call, string? name, int attempt, bool reports, CarriedValue[] values) : RemoteCall
{
    /// <summary>What to send for a call.</summary>
    /// <returns>The call itself, when nothing is to be taken along.</returns>
    public static RemoteCall Wrap(ExecutorCall<T> call, CallOptions options)
    {
        CarriedValue[] values = CarriedValue.OfThisFlow();
        return options is { Name: null, Progress: null, Attempt: 1 } && values.Length == 0
            ? call
            : new DescribedCall<T>(call, options.Name, options.Attempt, options.Progress is not null, values);
    }

    [StackTraceHidden]
    public override void Execute(RemoteCallContext context)
    {
        foreach (CarriedValue value in values)
        {
            value.Set();
        }

        ProgressLane? lane = reports ? context.OpenProgress() : null;
        TaskContext.Enter(
            name,
            attempt - 1 + context.Attempt,
            lane is null ? null : progress => lane.Report(progress.Fraction, progress.Message),
            context.CancellationToken);
        call.ExecuteHere(context);
    }
}
