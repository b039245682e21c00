using Telar.Internal.Processes;

namespace Telar.Subprocesses;

/// <content>The command line as Windows has it: one text.</content>
public sealed partial class CommandLine
{
    /// <summary>The text as the program gets it; null when it is made of the words.</summary>
    internal string? WindowsText { get; private init; }

    /// <summary>
    /// Makes the one text from which a program on Windows reads the words again. Works on every system. It is not meant for cmd,
    /// which reads by rules of its own.
    /// </summary>
    /// <param name="words">The words, the program first.</param>
    /// <returns>The text: what has blanks in quotes, quotes and the backslashes before them escaped.</returns>
    /// <exception cref="ArgumentException">A word is null.</exception>
    /// <remarks>Python: <c>subprocess.list2cmdline</c>. <b>Thread safety.</b> May be called from any thread.</remarks>
    public static string ToWindows(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return WindowsArguments.Join(words.Select(static (word, i) =>
            word ?? throw new ArgumentException($"Word {i} of a command line is null.", nameof(words))));
    }

    /// <summary>Splits one text as a program on Windows does it: the reverse of <see cref="ToWindows"/>. Works on every system.</summary>
    /// <param name="text">A command line.</param>
    /// <returns>
    /// The words. Blanks and tabs separate them; double quotes hold them together; <c>\"</c> is a quote; backslashes mean
    /// themselves unless a quote follows, where two are one. In the first word, the program, a backslash always means itself.
    /// </returns>
    /// <exception cref="ArgumentException">There is no program in it, or it holds a zero character.</exception>
    /// <remarks><b>Thread safety.</b> May be called from any thread.</remarks>
    public static CommandLine FromWindows(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Create([.. WindowsArguments.Split(text)]);
    }

    /// <summary>
    /// A command line that the program gets exactly as it is, for programs that read theirs by rules of their own. Only for
    /// Windows: a start elsewhere is refused, and so is a batch file.
    /// </summary>
    /// <param name="text">The whole text, the program first, in quotes if it has blanks.</param>
    /// <returns>The command line; its words are those of <see cref="FromWindows"/>.</returns>
    /// <exception cref="ArgumentException">There is no program in it, or it holds a zero character.</exception>
    /// <remarks>Python: a string as <c>args</c> on Windows. <b>Thread safety.</b> May be called from any thread.</remarks>
    public static CommandLine RawWindows(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = [.. WindowsArguments.Split(text)];
        Validate(words);
        return new CommandLine(words, isShell: false) { WindowsText = text };
    }
}
