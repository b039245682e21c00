namespace Telar.HouseRules;

/// <summary>One place that breaks a rule.</summary>
/// <param name="Path">The file, relative to the repository root; empty when the place is a public symbol without a file.</param>
/// <param name="Line">The line, from 1; 0 when the whole file is meant.</param>
/// <param name="Message">What was found there and what to do about it.</param>
internal readonly record struct Violation(string Path, int Line, string Message)
{
    public override string ToString() => (Path, Line) switch
    {
        ("", _) => Message,
        (_, 0) => $"{Path}: {Message}",
        _ => $"{Path}:{Line}: {Message}",
    };
}
