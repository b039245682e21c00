using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Telar.Concurrent.Futures.Observing;

/// <summary>The trace source and the figures of executors, both named <c>Telar.Concurrent.Futures</c>.</summary>
/// <remarks>
/// What there is at a moment is asked for when somebody collects it, so it costs a call nothing and is right however late a listener comes.
/// What only a call knows, how long it waited and ran and how it ended, is written down while somebody listens; see <see cref="CallObservation"/>.
/// </remarks>
internal static class ExecutorMeter
{
    internal const string Name = "Telar.Concurrent.Futures";

    private static readonly Meter s_meter = new(Name);

    static ExecutorMeter()
    {
        _ = s_meter.CreateObservableUpDownCounter(
            "telar.executor.call.pending", static () => LiveExecutors.Measure(static load => load.Pending), "{call}", "Calls that wait for a worker.");
        _ = s_meter.CreateObservableUpDownCounter(
            "telar.executor.call.running", static () => LiveExecutors.Measure(static load => load.Running), "{call}", "Calls that run.");
        _ = s_meter.CreateObservableUpDownCounter(
            "telar.executor.worker.count", static () => LiveExecutors.Measure(static load => load.Workers), "{worker}", "Threads or processes that there are.");
        _ = s_meter.CreateObservableCounter(
            "telar.executor.worker.started", static () => LiveExecutors.Measure(static load => load.WorkersStarted), "{worker}", "Workers that were started, restarts included.");
        _ = s_meter.CreateObservableCounter(
            "telar.executor.worker.died", static () => LiveExecutors.Measure(static load => load.WorkersDied), "{worker}", "Workers that ended without being told to.");
    }

    internal static ActivitySource Source { get; } = new(Name);

    internal static Counter<long> Completed { get; } =
        s_meter.CreateCounter<long>("telar.executor.call.completed", "{call}", "Calls that have ended, by outcome.");

    internal static Histogram<double> WaitTime { get; } =
        s_meter.CreateHistogram<double>("telar.executor.call.wait_time", "s", "From the submission of a call to its start.");

    internal static Histogram<double> RunTime { get; } =
        s_meter.CreateHistogram<double>("telar.executor.call.run_time", "s", "From the start of a call to its end.");

    /// <summary>Whether somebody wants to know of single calls.</summary>
    internal static bool IsObserved =>
        Source.HasListeners() || Completed.Enabled || WaitTime.Enabled || RunTime.Enabled;
}
