namespace Telar.Benchmarks;

/// <summary>Who takes part in a figure.</summary>
/// <param name="Name">As it stands in the table.</param>
/// <param name="Make">
/// Prepares the side; it is disposed after the last round. Throws <see cref="MissingSideException"/> when it cannot be had here.
/// </param>
/// <param name="Target">What is wanted of Telar against this one; null for Telar itself.</param>
internal sealed record Contender(string Name, Func<Rivals, Task<ISide>> Make, Target? Target = null)
{
    /// <summary>Whether Telar may not allocate more than this one.</summary>
    public bool BoundsAllocation { get; init; }

    /// <summary>CPython, asked for one figure.</summary>
    public static Contender Python(string request, int argument, Target target) =>
        new("CPython", rivals => Task.FromResult<ISide>(new RivalSide(rivals.Python, request, argument)), target);

    /// <summary>The C program, asked for one figure.</summary>
    public static Contender C(string name, string request, int argument, Target target) =>
        new(name, rivals => Task.FromResult<ISide>(new RivalSide(rivals.C, request, argument)), target);
}
