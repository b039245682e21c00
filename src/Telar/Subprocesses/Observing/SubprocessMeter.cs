using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Telar.Subprocesses.Observing;

/// <summary>The trace source and the figures of this module, both named <c>Telar.Subprocesses</c>.</summary>
internal static class SubprocessMeter
{
    internal const string Name = "Telar.Subprocesses";

    private static readonly Meter s_meter = new(Name);

    internal static ActivitySource Source { get; } = new(Name);

    internal static Counter<long> Started { get; } =
        s_meter.CreateCounter<long>("telar.subprocess.started", "{process}", "Children that were started.");

    internal static UpDownCounter<long> Running { get; } =
        s_meter.CreateUpDownCounter<long>("telar.subprocess.running", "{process}", "Children that run.");

    internal static Counter<long> Failed { get; } =
        s_meter.CreateCounter<long>("telar.subprocess.failed", "{process}", "Children that could not be started, were stopped, or ended without success.");

    internal static Histogram<double> Duration { get; } =
        s_meter.CreateHistogram<double>("telar.subprocess.duration", "s", "From the start of a child to its end.");

    internal static Counter<long> Captured { get; } =
        s_meter.CreateCounter<long>("telar.subprocess.captured", "By", "Bytes of output that were captured.");

    internal static bool IsObserved =>
        Source.HasListeners() || Started.Enabled || Running.Enabled || Failed.Enabled || Duration.Enabled;
}
