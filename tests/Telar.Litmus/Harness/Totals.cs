using System.Globalization;

namespace Telar.Litmus.Harness;

/// <summary>Watches over the time of a run, and says at its end how many samples were taken.</summary>
public sealed class Totals : IDisposable
{
    private static readonly long s_begun = TimeProvider.System.GetTimestamp();
    private static long s_samples;

    /// <summary>
    /// How long a race may take. Ten times what the longest one takes on two idle processors; less when the whole run takes long already.
    /// </summary>
    public static TimeSpan Budget => TimeProvider.System.GetElapsedTime(s_begun) < TimeSpan.FromMinutes(5) ? TimeSpan.FromSeconds(40) : TimeSpan.FromSeconds(4);

    public static void Add(long samples) => Interlocked.Add(ref s_samples, samples);

    public void Dispose() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"litmus: {Interlocked.Read(ref s_samples):N0} samples in {TimeProvider.System.GetElapsedTime(s_begun).TotalSeconds:0} s"));
}
