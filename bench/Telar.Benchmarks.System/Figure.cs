namespace Telar.Benchmarks;

/// <summary>One figure: how to take it on both sides, and what it should come to.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Unit">The unit of both sides.</param>
/// <param name="Target">What is wanted of the ratio.</param>
/// <param name="Rounds">How often each side is measured; the median counts.</param>
/// <param name="Make">Prepares Telar's side; disposed after the last round.</param>
/// <param name="Theirs">Asks the other side for one value; null when there is none.</param>
internal sealed record Figure(
    string Name,
    string Unit,
    string Target,
    int Rounds,
    Func<Task<ISide>> Make,
    Func<Rival, double>? Theirs)
{
    /// <summary>True when a larger value is better.</summary>
    public bool IsRate { get; init; }
}
