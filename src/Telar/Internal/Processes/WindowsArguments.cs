using System.Text;

namespace Telar.Internal.Processes;

/// <summary>
/// Windows gives a program one text, which its C library splits into arguments. These are the two directions of that rule.
/// </summary>
/// <remarks>
/// Blanks and tabs separate; double quotes hold together what has blanks; a backslash means itself, except before a quote, where
/// each pair of them is one and an odd one makes the quote a character. Pure, and the same on every system.
/// </remarks>
internal static class WindowsArguments
{
    /// <summary>The most characters that CreateProcess takes, without the zero at the end.</summary>
    internal const int LongestLine = 32_766;

    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>Makes the text from which a program reads the words again. Python's <c>list2cmdline</c>, to the letter.</summary>
    /// <param name="words">The program first.</param>
    /// <returns>The text.</returns>
    internal static string Join(IEnumerable<string> words)
    {
        var line = new StringBuilder();
        foreach (string word in words)
        {
            if (line.Length > 0)
            {
                line.Append(' ');
            }

            Append(line, word, quote: word.Length == 0 || word.IndexOfAny(s_blanks) >= 0);
        }

        return line.ToString();
    }

    /// <summary>Appends one word.</summary>
    /// <param name="line">What it is appended to.</param>
    /// <param name="word">The word.</param>
    /// <param name="quote">Whether quotes are put around it. Without them it must have no blanks, and something in it.</param>
    internal static void Append(StringBuilder line, string word, bool quote)
    {
        if (quote)
        {
            line.Append('"');
        }

        int backslashes = 0;
        foreach (char c in word)
        {
            if (c == '\\')
            {
                backslashes++;
                continue;
            }

            // Before a quote every backslash is doubled, and the quote gets one of its own.
            line.Append('\\', c == '"' ? (2 * backslashes) + 1 : backslashes).Append(c);
            backslashes = 0;
        }

        line.Append('\\', quote ? 2 * backslashes : backslashes);
        if (quote)
        {
            line.Append('"');
        }
    }

    /// <summary>Splits a text as a program does it: the C library of Visual Studio from 2008 on.</summary>
    /// <param name="line">The text.</param>
    /// <returns>The words. The first, the program, is read by a simpler rule: a backslash in it always means itself.</returns>
    internal static List<string> Split(string line)
    {
        var words = new List<string>();
        int at = SkipBlanks(line, 0);
        if (at == line.Length)
        {
            return words;
        }

        words.Add(ReadProgram(line, ref at));
        while ((at = SkipBlanks(line, at)) < line.Length)
        {
            words.Add(ReadWord(line, ref at));
        }

        return words;
    }

    private static string ReadProgram(string line, ref int at)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        for (; at < line.Length && (isQuoted || !IsBlank(line[at])); at++)
        {
            if (line[at] == '"')
            {
                isQuoted = !isQuoted;
            }
            else
            {
                word.Append(line[at]);
            }
        }

        return word.ToString();
    }

    private static string ReadWord(string line, ref int at)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        while (at < line.Length && (isQuoted || !IsBlank(line[at])))
        {
            int backslashes = 0;
            for (; at < line.Length && line[at] == '\\'; at++)
            {
                backslashes++;
            }

            if (at == line.Length || line[at] != '"')
            {
                word.Append('\\', backslashes);
                if (at < line.Length && (isQuoted || !IsBlank(line[at])))
                {
                    word.Append(line[at++]);
                }

                continue;
            }

            at++;
            word.Append('\\', backslashes / 2);
            if (backslashes % 2 == 1)
            {
                word.Append('"');
            }
            else if (isQuoted && at < line.Length && line[at] == '"')
            {
                // Two quotes within quotes are one character, and the quotation goes on.
                word.Append('"');
                at++;
            }
            else
            {
                isQuoted = !isQuoted;
            }
        }

        return word.ToString();
    }

    private static int SkipBlanks(string line, int at)
    {
        while (at < line.Length && IsBlank(line[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
