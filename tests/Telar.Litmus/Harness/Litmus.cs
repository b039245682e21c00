using System.Globalization;

namespace Telar.Litmus.Harness;

/// <summary>Runs races and judges them.</summary>
internal static class Litmus
{
    // How often a run is repeated when something that must be seen was not: a busy machine may run the sides one after the other.
    private const int Attempts = 20;

    /// <summary>Fails when a forbidden outcome is seen, or a wanted one is not.</summary>
    public static void Check<TRace>(string name, TRace race, long samples)
        where TRace : struct, IRace
    {
        Histogram histogram = Run(name, race, samples);
        for (int attempt = 1; attempt < Attempts && !histogram.HasForbidden && !histogram.IsComplete; attempt++)
        {
            histogram = Run(name, race, samples);
        }

        Assert.False(histogram.HasForbidden, $"A forbidden outcome. {histogram}");
        Assert.SkipWhen(
            !histogram.IsComplete && Environment.ProcessorCount == 1, "This machine has one processor: its threads take turns, and race seldom.");
        Assert.True(histogram.IsComplete, $"The sides did not race: an outcome that shows it was never seen. {histogram}");
    }

    /// <summary>Fails when a race that is known to go wrong does not: then the suite would not see a real fault either.</summary>
    public static void CheckFinds<TRace>(string name, TRace race, long samples)
        where TRace : struct, IRace
    {
        Histogram histogram = Run(name, race, samples);
        for (int attempt = 1; attempt < Attempts && !histogram.HasForbidden; attempt++)
        {
            histogram = Run(name, race, samples);
        }

        Assert.SkipWhen(
            !histogram.HasForbidden && Environment.ProcessorCount == 1, "This machine has one processor: its threads take turns, and race seldom.");
        Assert.True(histogram.HasForbidden, $"The fault was not found. {histogram}");
    }

    private static Histogram Run<TRace>(string name, TRace race, long samples)
        where TRace : struct, IRace
    {
        TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("TELAR_LITMUS_SEED"), CultureInfo.InvariantCulture, out ulong given)
            ? given
            : (uint)Random.Shared.Next();
        Histogram histogram = new Runner<TRace>(name, race, (long)(samples * Scale), seed).Run();
        Totals.Add(histogram.Samples);
        Console.WriteLine(histogram);
        return histogram;
    }

    private static double Scale { get; } =
        double.TryParse(Environment.GetEnvironmentVariable("TELAR_LITMUS_SCALE"), CultureInfo.InvariantCulture, out double scale) ? scale : 1;
}
