using System.Globalization;

namespace Telar.Litmus.Harness;

/// <summary>How often a race ended in each way.</summary>
internal sealed class Histogram(string name, ulong seed, long planned, IReadOnlyList<Outcome> outcomes, long[] counts, TimeSpan time)
{
    public long Samples => counts.Sum();

    public bool HasForbidden => Count(Verdict.Forbidden).Any(static count => count > 0);

    /// <summary>Whether every outcome that must be seen was seen.</summary>
    public bool IsComplete => Count(Verdict.Wanted).All(static count => count > 0);

    /// <summary>One line.</summary>
    public override string ToString()
    {
        IEnumerable<string> shown = outcomes.Select((outcome, index) =>
            string.Create(CultureInfo.InvariantCulture, $"{outcome.Name} {counts[index]:N0}{Mark(outcome, counts[index])}"));
        string early = Samples < planned && !HasForbidden ? string.Create(CultureInfo.InvariantCulture, $" of {planned:N0} (the machine is too busy)") : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{name}: {Samples:N0}{early} samples in {time.TotalSeconds:0.0} s, seed {seed}: {string.Join(", ", shown)}");
    }

    private static string Mark(Outcome outcome, long count) => outcome.Verdict switch
    {
        Verdict.Forbidden when count > 0 => " (FORBIDDEN)",
        Verdict.Wanted when count == 0 => " (never seen)",
        _ => "",
    };

    private IEnumerable<long> Count(Verdict verdict) => counts.Where((_, index) => outcomes[index].Verdict == verdict);
}
