using System.Collections;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Subprocesses;

/// <summary>A program and its arguments. No shell reads it, so nothing in an argument has a meaning of its own.</summary>
/// <remarks>
/// <code>
/// CommandLine a = ["git", "commit", "-m", message];
/// CommandLine b = $"git commit -m {message}";          // the same: a hole is one argument, whatever is in it
/// CommandLine c = [.. a, "--amend"];
/// CommandLine d = CommandLine.Shell("ls *.txt | wc -l");
/// </code>
/// <para>
/// In an interpolated string the text is split at blanks and line ends and quoted as for a POSIX shell, on every system. A hole
/// in the middle of a word or of quotes joins it (<c>$"--author={name}"</c>); a hole that is a sequence becomes as many
/// arguments as it has elements; numbers and dates are written in the invariant culture. Characters by which a shell would do
/// something (<c>| &lt; &gt; &amp; ; $ ` * ? [ ( )</c>, and <c>~ #</c> at the start of a word) are refused unless they are quoted:
/// they would be arguments here, which is hardly what was meant.
/// </para>
/// <para>
/// The compiler splits an interpolated string only where a <see cref="CommandLine"/> is expected. Held in a <c>string</c> first,
/// also by <c>?:</c>, it is one word: the name of a program with blanks in it.
/// </para>
/// Python: the <c>args</c> of <c>subprocess</c>; interpolation has no counterpart before its template strings.
/// <b>Thread safety.</b> Immutable.
/// </remarks>
[CollectionBuilder(typeof(CommandLine), nameof(Create))]
[InterpolatedStringHandler]
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class CommandLine : IReadOnlyList<string>, IEquatable<CommandLine>
{
    // How a shell command looks with its values in their places; null for a program, and for a shell command without values.
    private readonly string? _shellText;
    private string[] _words;

    private CommandLine(string[] words, bool isShell = false, string? shellText = null)
    {
        _words = words;
        _shellText = shellText;
        IsShell = isShell;
    }

    /// <summary>The program: a name that is looked up in PATH, or a path.</summary>
    public string FileName => Words[0];

    /// <summary>Whether a shell runs it: the first word is then the script, the others are its <c>$0</c>, <c>$1</c> and so on.</summary>
    public bool IsShell { get; }

    /// <summary>How many words there are, the program included; 1 or more.</summary>
    public int Count => Words.Length;

    // The words; nobody changes them. Empty only between the compiler's calls for an interpolated string.
    internal string[] Words => _words.Length > 0
        ? _words
        : throw new InvalidOperationException(
            "This command line was begun with the constructor that is meant for the compiler, and not completed. "
            + "Write an interpolated string where a CommandLine is expected, or a list: [\"program\", \"argument\"].");

    /// <summary>A word; 0 is the program.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such word.</exception>
    public string this[int index] => Words[index];

    /// <summary>A program without arguments. It is one word, whatever is in it: blanks do not split it.</summary>
    /// <param name="fileName">The program.</param>
    /// <returns>The command line.</returns>
    public static implicit operator CommandLine(string fileName) => Create([fileName]);

    /// <summary>A program and its arguments.</summary>
    /// <param name="words">The program first.</param>
    /// <returns>The command line.</returns>
    public static implicit operator CommandLine(string[] words) => Create(words);

    /// <summary>Whether two command lines have the same words and are both for the shell, or both not.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when they are equal, or both null.</returns>
    public static bool operator ==(CommandLine? left, CommandLine? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two command lines differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>False when they are equal, or both null.</returns>
    public static bool operator !=(CommandLine? left, CommandLine? right) => !(left == right);

    /// <summary>A program and its arguments.</summary>
    /// <param name="words">The program first.</param>
    /// <returns>The command line.</returns>
    /// <exception cref="ArgumentException">There is no program, or a word is null or holds a zero character.</exception>
    public static CommandLine Create(params ReadOnlySpan<string> words)
    {
        Validate(words);
        return new CommandLine(words.ToArray());
    }

    /// <summary>A command of the shell: <c>/bin/sh -c</c>, on Windows <c>cmd /c</c>.</summary>
    /// <param name="script">
    /// What the shell runs. In an interpolated string the holes are values that the shell never reads as code; a string that was
    /// put together elsewhere gives the shell to whoever wrote its parts.
    /// </param>
    /// <param name="arguments">What the script sees as <c>$0</c>, <c>$1</c> and so on.</param>
    /// <returns>The command line.</returns>
    /// <exception cref="ArgumentException">A text is null or holds a zero character.</exception>
    public static CommandLine Shell(ShellScript script, params ReadOnlySpan<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(script);
        string[] words = script.ToWords(arguments);
        Validate(words);
        return new CommandLine(words, isShell: true, script.HasValues && arguments.IsEmpty ? script.ToString() : null);
    }

    /// <summary>Whether the other one has the same words, and is for the shell if this one is.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True when they are equal.</returns>
    public bool Equals(CommandLine? other) =>
        other is not null && IsShell == other.IsShell && WindowsText == other.WindowsText
        && Words.AsSpan().SequenceEqual(other.Words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CommandLine);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(IsShell);
        foreach (string word in Words)
        {
            hash.Add(word, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>The words, the program first.</summary>
    /// <returns>An enumerator.</returns>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)Words).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void Validate(ReadOnlySpan<string> words)
    {
        if (words.IsEmpty)
        {
            throw new ArgumentException("A command line needs at least the program: it has no words at all.", nameof(words));
        }

        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] is null || words[i].Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"Word {i} of a command line {(words[i] is null ? "is null" : "contains a zero character")}. "
                    + "Words are text up to the first zero; send binary data through standard input or a file.",
                    nameof(words));
            }
        }

        if (words[0].Length == 0)
        {
            throw new ArgumentException("A command line needs a program: its first word is empty.", nameof(words));
        }
    }
}
