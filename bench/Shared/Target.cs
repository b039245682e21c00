namespace Telar.Benchmarks;

using System.Globalization;

/// <summary>What is wanted of a figure.</summary>
/// <param name="Text">As it stands in the table.</param>
/// <param name="Ratio">Makes the compared number of ours and theirs.</param>
/// <param name="IsMet">Whether that number will do.</param>
/// <param name="Show">How that number stands in the table.</param>
internal sealed record Target(string Text, Func<double, double, double> Ratio, Func<double, bool> IsMet, Func<double, string> Show)
{
    /// <summary>Our time as a part of theirs.</summary>
    public static Target TimeAtMost(double bound) =>
        new(Invariant($"<= {bound}x the time"), static (ours, theirs) => ours / theirs, ratio => ratio <= bound, static ratio => Invariant($"{ratio:0.###}x the time"));

    /// <summary>How many times our time is in theirs.</summary>
    public static Target FasterAtLeast(double bound) =>
        new(Invariant($">= {bound}x as fast"), static (ours, theirs) => theirs / ours, ratio => ratio >= bound, ShowFaster);

    /// <summary>How many times their rate is in ours.</summary>
    public static Target RateAtLeast(double bound) =>
        new(Invariant($">= {bound}x the rate"), static (ours, theirs) => ours / theirs, ratio => ratio >= bound, static ratio => Invariant($"{ratio:0.##}x the rate"));

    /// <summary>Our bytes as a part of theirs.</summary>
    public static Target BytesAtMost(double bound) =>
        new(Invariant($"<= {bound}x the bytes"), static (ours, theirs) => ours / theirs, ratio => ratio <= bound, static ratio => Invariant($"{ratio:0.##}x the bytes"));

    /// <summary>Nothing is wanted; the ratio is shown all the same.</summary>
    public static Target None { get; } = new("", static (ours, theirs) => theirs / ours, static _ => true, ShowFaster);

    private static string ShowFaster(double ratio) => Invariant($"{ratio:0.##}x as fast");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
