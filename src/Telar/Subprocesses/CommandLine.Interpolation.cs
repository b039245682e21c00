using System.Collections;
using System.ComponentModel;
using System.Globalization;
using Telar.Subprocesses.Words;

namespace Telar.Subprocesses;

// What the compiler calls for an interpolated string. It announces how much will come, so the last call completes the words, and
// nobody ever sees a command line that still changes.
public sealed partial class CommandLine
{
    private WordBuilder? _builder; // null when it is complete
    private int _literalLeft;
    private int _holesLeft;

    /// <summary>For the compiler: begins a command line from an interpolated string.</summary>
    /// <param name="literalLength">Characters outside of the holes.</param>
    /// <param name="formattedCount">Number of holes.</param>
    /// <exception cref="ArgumentException">There is nothing in the string.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public CommandLine(int literalLength, int formattedCount)
    {
        _words = [];
        _builder = new WordBuilder(literalLength, WordRules.RefuseShell);
        _literalLeft = literalLength;
        _holesLeft = formattedCount;
        Validate(literalLength + formattedCount == 0 ? [] : ["not yet"]);
    }

    /// <summary>For the compiler: the text up to the next hole.</summary>
    /// <param name="value">The text.</param>
    /// <exception cref="ArgumentException">A character that a shell would act upon, or quotes that do not end.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Unfinished().AddText(value);
        _literalLeft -= value.Length;
        CompleteWhenAllIsThere();
    }

    /// <summary>For the compiler: a hole with a text.</summary>
    /// <param name="value">The text: one argument, or part of one.</param>
    /// <exception cref="ArgumentException">It is null.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(string? value)
    {
        Unfinished().AddValue(value);
        _holesLeft--;
        CompleteWhenAllIsThere();
    }

    /// <summary>For the compiler: a hole with a text.</summary>
    /// <param name="value">The text: one argument, or part of one.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted(ReadOnlySpan<char> value) => AppendFormatted(value.ToString());

    /// <summary>For the compiler: a hole with something else.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">A sequence: as many arguments as it has elements. Otherwise one argument, or part of one.</param>
    /// <param name="format">How it is written, in the invariant culture.</param>
    /// <exception cref="ArgumentException">It is null, or a sequence that is only part of a word.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AppendFormatted<T>(T value, string? format = null)
    {
        switch (value)
        {
            case CommandLine { IsShell: true } shell:
                throw new ArgumentException(
                    $"A command line cannot be built around the shell command `{shell}`: its words mean nothing without the shell. "
                    + "Name the shell: $\"sudo sh -c {script}\".");
            case IEnumerable sequence when value is not (string or IFormattable):
                Unfinished().AddValues(sequence.Cast<object?>().Select(item => Format(item, format)));
                _holesLeft--;
                CompleteWhenAllIsThere();
                break;
            default:
                AppendFormatted(Format(value, format));
                break;
        }
    }

    /// <summary>The text of a hole.</summary>
    internal static string? Format(object? value, string? format) =>
        value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString();

    private WordBuilder Unfinished() => _builder
        ?? throw new InvalidOperationException($"The command line `{this}` is complete: nothing can be added to it. Use [.. command, \"argument\"].");

    private void CompleteWhenAllIsThere()
    {
        if (_literalLeft == 0 && _holesLeft == 0)
        {
            string[] words = _builder!.Complete(); // not null: Unfinished has looked
            Validate(words);
            _words = words;
            _builder = null;
        }
    }
}
