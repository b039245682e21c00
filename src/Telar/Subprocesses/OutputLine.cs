namespace Telar.Subprocesses;

/// <summary>A line that a child has written.</summary>
/// <param name="Source">To which stream.</param>
/// <param name="Text">The line without its end.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public readonly record struct OutputLine(OutputSource Source, string Text)
{
    /// <summary>The text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;
}
