namespace Telar.Benchmarks;

/// <summary>One figure: how each side takes it, and what it should come to.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Unit">The unit of all sides.</param>
/// <param name="Rounds">How often each side is measured, in turn; the median counts.</param>
/// <param name="Contenders">The sides; Telar's is the first.</param>
internal sealed record Figure(string Name, string Unit, int Rounds, params Contender[] Contenders)
{
    /// <summary>What Telar's own value must not exceed; null when only the comparison counts.</summary>
    public double? AtMost { get; init; }

    /// <summary>What Telar's own value must reach; null when only the comparison counts.</summary>
    public double? AtLeast { get; init; }
}
