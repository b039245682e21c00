using System.Buffers;
using System.Text;
using Telar.Subprocesses.Words;

namespace Telar.Subprocesses;

// To text and back, by the rules of a POSIX shell.
public sealed partial class CommandLine
{
    private static readonly SearchValues<char> s_safe =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-");

    /// <summary>Splits a text as a POSIX shell would: at blanks, with quotes and backslashes. Nothing else has a meaning.</summary>
    /// <param name="text">A command as one would type it, such as <c>git commit -m 'two words'</c>.</param>
    /// <returns>The words.</returns>
    /// <remarks>Python: <c>shlex.split</c>, with the same result for every text. The inverse of <see cref="ToString"/>.</remarks>
    /// <exception cref="ArgumentException">There is no word, quotes do not end, or a backslash ends the text.</exception>
    public static CommandLine Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var builder = new WordBuilder(text.Length, WordRules.Shlex);
        builder.AddText(text);
        return Create(builder.Complete());
    }

    /// <summary>Quotes a text so that a POSIX shell reads it as one word.</summary>
    /// <param name="word">Any text.</param>
    /// <returns>The text itself when nothing in it needs quotes; otherwise in single quotes.</returns>
    /// <remarks>Python: <c>shlex.quote</c>. Not for <c>cmd</c> of Windows, where no quoting is safe.</remarks>
    public static string Quote(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.Length > 0 && !word.AsSpan().ContainsAnyExcept(s_safe) ? word : $"'{QuotedText(word)}'";
    }

    /// <summary>The command as one would type it at a POSIX shell. Secrets in it are readable.</summary>
    /// <returns>The words, quoted where needed; of a shell command the script.</returns>
    /// <remarks>Python: <c>shlex.join</c>.</remarks>
    public override string ToString()
    {
        if (_words.Length == 0)
        {
            return "(incomplete)";
        }

        if (IsShell)
        {
            return _shellText ?? (_words.Length == 1 ? _words[0] : $"/bin/sh -c {Join(_words)}");
        }

        return Join(_words);
    }

    /// <summary>What stands between the single quotes.</summary>
    internal static string QuotedText(string word) => word.Replace("'", "'\"'\"'", StringComparison.Ordinal);

    private static string Join(string[] words)
    {
        var text = new StringBuilder();
        foreach (string word in words)
        {
            _ = text.Append(text.Length > 0 ? " " : "").Append(Quote(word));
        }

        return text.ToString();
    }
}
