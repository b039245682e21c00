using System.Globalization;

namespace Telar.Litmus.Harness;

/// <summary>Says at the end of a run how many samples were taken.</summary>
public sealed class Totals : IDisposable
{
    private static long s_samples;
    private readonly long _begun = TimeProvider.System.GetTimestamp();

    public static void Add(long samples) => Interlocked.Add(ref s_samples, samples);

    public void Dispose() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"litmus: {Interlocked.Read(ref s_samples):N0} samples in {TimeProvider.System.GetElapsedTime(_begun).TotalSeconds:0} s"));
}
