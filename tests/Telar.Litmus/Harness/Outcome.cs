namespace Telar.Litmus.Harness;

/// <summary>One way in which a race can end.</summary>
/// <param name="Name">As it stands in the histogram.</param>
/// <param name="Verdict">What it means.</param>
internal readonly record struct Outcome(string Name, Verdict Verdict)
{
    public static Outcome Allowed(string name) => new(name, Verdict.Allowed);

    public static Outcome Wanted(string name) => new(name, Verdict.Wanted);

    public static Outcome Forbidden(string name) => new(name, Verdict.Forbidden);
}
