using System.Text;

namespace Telar.Subprocesses.Words;

/// <summary>Splits text into words as a POSIX shell does, with values put in between that are never split. Used by one thread.</summary>
internal sealed class WordBuilder(int capacity, WordRules rules)
{
    // State machine, by character
    //
    //            not blank                    '                         '
    //   Between ----------> InWord ---------------> InSingle ----------------> InWord
    //      ^                  |  \      "                         "
    //      |      blank       |   `---------------> InDouble ----------------> InWord
    //      +------------------+   \  backslash          \  backslash
    //      |                       `-> Escaped -> InWord `-> EscapedInDouble -> InDouble
    //   AfterValues   (a sequence has been added: only a blank may follow)
    private enum State
    {
        Between,
        InWord,
        InSingle,
        InDouble,
        Escaped,
        EscapedInDouble,
        AfterValues,
    }

    private readonly StringBuilder _word = new(capacity);
    private readonly List<string> _words = [];
    private State _state;
    private State _beforeEscape;

    private bool RefusesShell => rules == WordRules.RefuseShell;

    /// <summary>Splits text.</summary>
    internal void AddText(string text)
    {
        foreach (char c in text)
        {
            Add(c);
        }
    }

    /// <summary>Adds a value to the word that stands here, or begins a word with it.</summary>
    internal void AddValue(string? value)
    {
        if (value is null)
        {
            throw new ArgumentException(
                $"A hole of a command line is null, after `{SoFar()}`. For an argument that may be absent use a sequence that may be "
                + "empty; for an empty argument \"\".");
        }

        if (_state is State.Escaped or State.EscapedInDouble)
        {
            throw new ArgumentException($"A backslash stands before a hole, after `{SoFar()}`. Leave it out: what is in a hole needs no quoting.");
        }

        RefuseAfterValues();
        _state = _state == State.Between ? State.InWord : _state;
        _ = _word.Append(value);
    }

    /// <summary>Adds words. They stand alone: before and after them must be a blank, or nothing.</summary>
    internal void AddValues(IEnumerable<string?> values)
    {
        if (_state != State.Between)
        {
            RefuseAfterValues();
            throw new ArgumentException(
                $"A sequence is to become several arguments, but it stands inside of a word, after `{SoFar()}`. Put a blank before it and "
                + "no quotes around it, or make one text of it.");
        }

        foreach (string? value in values)
        {
            AddValue(value);
            EndWord();
        }

        _state = State.AfterValues;
    }

    /// <summary>The end of the text.</summary>
    /// <returns>The words; none when there was nothing but blanks.</returns>
    internal string[] Complete()
    {
        if (_state is State.InSingle or State.InDouble or State.EscapedInDouble)
        {
            throw new ArgumentException(
                $"Quotes do not end: `{SoFar()}` has no closing {(_state == State.InSingle ? "single" : "double")} quote. "
                + "Add it, or write \\' for an apostrophe.");
        }

        if (_state == State.Escaped)
        {
            throw new ArgumentException($"A backslash ends the command line, after `{SoFar()}`: it has nothing to quote. Write two for one.");
        }

        if (_state == State.InWord)
        {
            EndWord();
        }

        return [.. _words];
    }

    private void Add(char c)
    {
        switch (_state)
        {
            case State.InSingle:
                Quoted(c, '\'');
                break;
            case State.InDouble when c == '\\':
                _state = State.EscapedInDouble;
                break;
            case State.InDouble:
                RefuseShellCharacter(c is '$' or '`', c);
                Quoted(c, '"');
                break;
            case State.EscapedInDouble:
                // Elsewhere in double quotes a backslash is itself.
                _ = c is '"' or '\\' || (RefusesShell && c is '$' or '`') ? _word.Append(c) : _word.Append('\\').Append(c);
                _state = State.InDouble;
                break;
            case State.Escaped:
                Escaped(c);
                break;
            default:
                Unquoted(c);
                break;
        }
    }

    private void Quoted(char c, char quote)
    {
        if (c == quote)
        {
            _state = State.InWord;
        }
        else
        {
            _ = _word.Append(c);
        }
    }

    private void Escaped(char c)
    {
        _state = State.InWord;
        if (RefusesShell && c is '\n' or '\r')
        {
            // The line goes on in the next one.
            _state = _beforeEscape;
            return;
        }

        if (RefusesShell && !IsBlank(c) && c is not ('\'' or '"' or '\\' or '~' or '#') && ShellCharacters.Advice(c) is null)
        {
            throw new ArgumentException(
                $"A backslash before '{c}' would vanish, after `{SoFar()}`. Put a Windows path into a hole or into single quotes; write two "
                + "backslashes for one.");
        }

        _ = _word.Append(c);
    }

    private void Unquoted(char c)
    {
        if (IsBlank(c))
        {
            if (_state == State.InWord)
            {
                EndWord();
            }

            _state = State.Between;
            return;
        }

        RefuseAfterValues();
        bool startsWord = _state == State.Between;
        _beforeEscape = _state;
        RefuseShellCharacter(ShellCharacters.Advice(c) is not null || (startsWord && c is '~' or '#'), c);
        _state = c switch
        {
            '\'' => State.InSingle,
            '"' => State.InDouble,
            '\\' => State.Escaped,
            _ => State.InWord,
        };
        if (_state == State.InWord)
        {
            _ = _word.Append(c);
        }
    }

    private void RefuseShellCharacter(bool isOne, char c)
    {
        if (RefusesShell && isOne)
        {
            throw new ArgumentException(
                $"The command line has '{c}' after `{SoFar()}`, but no shell is involved that would act upon it: "
                + $"{ShellCharacters.Advice(c) ?? "write the path out"}. If you mean the character itself, put it into single quotes or into "
                + "a hole; for a shell there is CommandLine.Shell.");
        }
    }

    private void RefuseAfterValues()
    {
        if (_state == State.AfterValues)
        {
            throw new ArgumentException(
                $"Something follows a sequence without a blank, after `{SoFar()}`. A sequence becomes several arguments, so it is unclear "
                + "which of them this belongs to: put a blank between them.");
        }
    }

    private void EndWord()
    {
        _words.Add(_word.ToString());
        _ = _word.Clear();
        _state = State.Between;
    }

    // For messages: what has been read, without its quotes.
    private string SoFar()
    {
        string text = string.Join(' ', [.. _words, .. _word.Length > 0 ? [_word.ToString()] : Array.Empty<string>()]);
        return text.Length <= 60 ? text : "..." + text[^60..];
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';
}
