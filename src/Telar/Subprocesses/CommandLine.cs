using System.Collections;
using System.Runtime.CompilerServices;

namespace Telar.Subprocesses;

/// <summary>A program and its arguments. No shell reads it, so nothing in an argument has a meaning of its own.</summary>
/// <remarks>
/// <code>
/// CommandLine a = ["git", "commit", "-m", message];
/// CommandLine b = CommandLine.Shell("ls *.txt | wc -l");
/// </code>
/// Python: the <c>args</c> of <c>subprocess</c>. <b>Thread safety.</b> Immutable.
/// </remarks>
[CollectionBuilder(typeof(CommandLine), nameof(Create))]
public sealed partial class CommandLine : IReadOnlyList<string>
{
    private readonly string[] _words;

    private CommandLine(string[] words, bool isShell)
    {
        _words = words;
        IsShell = isShell;
    }

    /// <summary>The program: a name that is looked up in PATH, or a path.</summary>
    public string FileName => _words[0];

    /// <summary>Whether a shell runs it: the first word is then the script, the others are its <c>$0</c>, <c>$1</c> and so on.</summary>
    public bool IsShell { get; }

    /// <summary>The words; nobody changes them.</summary>
    internal string[] Words => _words;

    /// <summary>How many words there are, the program included; 1 or more.</summary>
    public int Count => _words.Length;

    /// <summary>A word; 0 is the program.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such word.</exception>
    public string this[int index] => _words[index];

    /// <summary>A program without arguments. It is one word, whatever is in it: blanks do not split it.</summary>
    /// <param name="fileName">The program.</param>
    /// <returns>The command line.</returns>
    public static implicit operator CommandLine(string fileName) => Create([fileName]);

    /// <summary>A program and its arguments.</summary>
    /// <param name="words">The program first.</param>
    /// <returns>The command line.</returns>
    public static implicit operator CommandLine(string[] words) => Create(words);

    /// <summary>A program and its arguments.</summary>
    /// <param name="words">The program first.</param>
    /// <returns>The command line.</returns>
    /// <exception cref="ArgumentException">There is no program, or a word is null or holds a zero character.</exception>
    public static CommandLine Create(params ReadOnlySpan<string> words)
    {
        Validate(words);
        return new CommandLine(words.ToArray(), isShell: false);
    }

    /// <summary>A command of the shell. Whoever builds the script from data of others gives them the shell: use words instead.</summary>
    /// <param name="script">What the shell runs: <c>/bin/sh -c</c>, on Windows <c>cmd /c</c>.</param>
    /// <param name="arguments">What the script sees as <c>$0</c>, <c>$1</c>: the safe way to hand data to it.</param>
    /// <returns>The command line.</returns>
    /// <exception cref="ArgumentException">A text is null or holds a zero character.</exception>
    public static CommandLine Shell(string script, params ReadOnlySpan<string> arguments)
    {
        string[] words = [script, .. arguments];
        Validate(words);
        return new CommandLine(words, isShell: true);
    }

    /// <summary>The words, the program first.</summary>
    /// <returns>An enumerator.</returns>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_words).GetEnumerator();

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
