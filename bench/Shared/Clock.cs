namespace Telar.Benchmarks;

using System.Diagnostics;

/// <summary>CLOCK_MONOTONIC in nanoseconds: the same in all processes of the machine.</summary>
internal static class Clock
{
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
