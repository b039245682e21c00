namespace Guarantees;

/// <summary>What a case saw.</summary>
/// <param name="IsKept">False when Telar broke its guarantee; what .NET does is no promise of ours, and always true.</param>
/// <param name="Text">One line.</param>
internal sealed record Finding(bool IsKept, string Text)
{
    /// <summary>What .NET does today.</summary>
    public static Finding Seen(string text) => new(true, text);
}
