using System.Buffers;
using System.Text;

namespace Telar.Subprocesses.Words;

/// <summary>Knows whether a place in a shell script is in quotes. Used by one thread.</summary>
/// <remarks>
/// It looks at quotes, backslashes, comments and <c>$(...)</c>, not into back-quotes and here-documents. An error here can put a value
/// into the wrong quotes; it can not make code of it, as values are not in the script.
/// </remarks>
internal sealed class ShellQuotes
{
    private static readonly SearchValues<char> s_specialInDouble = SearchValues.Create("\\\"$`");

    // For each open parenthesis whether it stands in double quotes. What is inside of it has quotes of its own.
    private readonly Stack<bool> _parentheses = [];

    private bool _isEscaped;
    private bool _isComment;
    private char _last = '\n';

    internal bool IsInSingle { get; private set; }

    internal bool IsInDouble { get; private set; }

    /// <summary>A text as it has to look in double quotes.</summary>
    internal static string InDouble(string text)
    {
        if (!text.AsSpan().ContainsAny(s_specialInDouble))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            _ = (s_specialInDouble.Contains(c) ? result.Append('\\') : result).Append(c);
        }

        return result.ToString();
    }

    /// <summary>Goes on through the script.</summary>
    internal void Read(string text)
    {
        foreach (char c in text)
        {
            Read(c);
        }
    }

    /// <summary>A value stands here, and is part of a word.</summary>
    internal void ReadValue() => _last = 'x';

    private void Read(char c)
    {
        char before = _last;
        bool startsWord = before is ' ' or '\t' or '\n' or ';' or '|' or '&' or '(' or ')';
        _last = c;
        if (_isEscaped)
        {
            _isEscaped = false;
            _last = 'x';
        }
        else if (_isComment)
        {
            _isComment = c != '\n';
        }
        else if (c == '\\' && !IsInSingle)
        {
            _isEscaped = true;
        }
        else if (c == '\'' && !IsInDouble)
        {
            IsInSingle = !IsInSingle;
        }
        else if (c == '"' && !IsInSingle)
        {
            IsInDouble = !IsInDouble;
        }
        else if (c == '(' && !IsInSingle && (before == '$' || !IsInDouble))
        {
            _parentheses.Push(IsInDouble);
            IsInDouble = false;
        }
        else if (c == ')' && !IsInSingle && !IsInDouble && _parentheses.Count > 0)
        {
            IsInDouble = _parentheses.Pop();
        }
        else if (c == '#' && startsWord && !IsInSingle && !IsInDouble)
        {
            _isComment = true;
        }
    }
}
