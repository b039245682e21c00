using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Telar.Subprocesses.Words;

namespace Telar.Subprocesses;

/// <summary>A script for the shell, with values in it that the shell never reads as code.</summary>
/// <remarks>
/// <code>
/// CommandLine.Shell($"grep -c {pattern} *.log | sort -n")
/// </code>
/// <para>
/// Each hole becomes a variable of the script, and its value an argument of the shell. So no value, whatever is in it, can become
/// code, unless the script itself evaluates it (<c>eval</c>). A hole is one word, also without quotes around it; a sequence becomes
/// as many words as it has elements. In single quotes and in here-documents with a quoted end a shell looks at nothing: a hole in
/// single quotes is refused.
/// </para>
/// Python has no counterpart: there one calls <c>shlex.quote</c> for each value. <b>Thread safety.</b> Immutable once the compiler
/// has built it.
/// </remarks>
[InterpolatedStringHandler]
public sealed class ShellScript
{
    private readonly StringBuilder _script;
    private readonly StringBuilder _text;
    private readonly List<string> _values = [];
    private readonly ShellQuotes _quotes = new();

    /// <summary>For the compiler: begins a script from an interpolated string.</summary>
    /// <param name="literalLength">Characters outside of the holes.</param>
    /// <param name="formattedCount">Number of holes.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ShellScript(int literalLength, int formattedCount)
    {
        _script = new StringBuilder(literalLength + (formattedCount * 16));
        _text = new StringBuilder(literalLength);
    }

    internal bool HasValues => _values.Count > 0;

    /// <summary>A script as it is. If others wrote parts of it, they have the shell.</summary>
    /// <param name="script">The script.</param>
    /// <returns>The script.</returns>
    public static implicit operator ShellScript(string script)
    {
        ArgumentNullException.ThrowIfNull(script);
        var result = new ShellScript(script.Length, 0);
        result.AppendLiteral(script);
        return result;
    }

    /// <summary>For the compiler: the text up to the next hole.</summary>
    /// <param name="value">The text.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _quotes.Read(value);
        _ = _script.Append(value);
        _ = _text.Append(value);
    }

    /// <summary>For the compiler: a hole with a text.</summary>
    /// <param name="value">The text: one word of the script, or part of one.</param>
    /// <exception cref="ArgumentException">It is null, or stands in single quotes.</exception>
    /// <exception cref="PlatformNotSupportedException">On Windows, where <c>cmd</c> knows no safe way.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(string? value)
    {
        RefuseUnlessSafe(value);
        _quotes.ReadValue();
        _values.Add(value!); // not null: looked at in the line above
        string variable = string.Create(CultureInfo.InvariantCulture, $"${{telar{_values.Count}}}");
        bool isQuoted = _quotes.IsInDouble;
        _ = _script.Append(isQuoted ? variable : $"\"{variable}\"");
        _ = _text.Append(isQuoted ? ShellQuotes.InDouble(value!) : CommandLine.Quote(value!));
    }

    /// <summary>For the compiler: a hole with something else.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">A sequence: as many words as it has elements. Otherwise one word, or part of one.</param>
    /// <param name="format">How it is written, in the invariant culture.</param>
    /// <exception cref="ArgumentException">It is null, stands in single quotes, or is a sequence in quotes.</exception>
    /// <exception cref="PlatformNotSupportedException">On Windows, where <c>cmd</c> knows no safe way.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted<T>(T value, string? format = null)
    {
        if (value is not IEnumerable sequence || value is IFormattable)
        {
            AppendFormatted(CommandLine.Format(value, format));
            return;
        }

        if (_quotes.IsInDouble)
        {
            throw new ArgumentException($"A sequence is to become several words, but it stands in quotes, after `{_text}`. Take them away.");
        }

        bool isFirst = true;
        foreach (object? item in sequence)
        {
            AppendLiteral(isFirst ? "" : " ");
            AppendFormatted(CommandLine.Format(item, format));
            isFirst = false;
        }
    }

    /// <summary>The script with its values in their places, quoted where they need it. Secrets in it are readable.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _text.ToString();

    /// <summary>The script, its <c>$0</c> and its arguments: the values come first, and the script takes them away.</summary>
    internal string[] ToWords(ReadOnlySpan<string> arguments)
    {
        if (!HasValues)
        {
            return [_script.ToString(), .. arguments];
        }

        var script = new StringBuilder();
        for (int i = 1; i <= _values.Count; i++)
        {
            _ = script.Append(CultureInfo.InvariantCulture, $"telar{i}=${{{i}}} ");
        }

        _ = script.Append(CultureInfo.InvariantCulture, $"&& shift {_values.Count}; ").Append(_script);
        string zero = arguments.IsEmpty ? "sh" : arguments[0];
        return [script.ToString(), zero, .. _values, .. arguments.IsEmpty ? arguments : arguments[1..]];
    }

    private void RefuseUnlessSafe(string? value)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(
                $"A value cannot be put into a script for cmd of Windows, after `{_text}`: cmd has no quoting that is safe. Hand it over "
                + "in an environment variable (ExtraEnv), or run the program without a shell.");
        }

        if (value is null)
        {
            throw new ArgumentException($"A hole of a shell script is null, after `{_text}`. For an empty word use \"\".");
        }

        if (_quotes.IsInSingle)
        {
            throw new ArgumentException(
                $"A hole stands in single quotes, after `{_text}`: a shell would not see it there. Take the quotes away, a hole is one word "
                + "in any case, or make them double quotes.");
        }
    }
}
