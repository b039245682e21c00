using System.Globalization;
using System.Text;

namespace Telar.Subprocesses.Messages;

/// <summary>A command line as others may see it.</summary>
internal static class CommandText
{
    private const int MostChars = 200;
    private const int EndChars = 50;

    /// <summary>All of it, as one would type it, without secrets.</summary>
    internal static string Full(CommandLine command, PopenOptions options) => Redaction.Hide(command.ToString(), options);

    /// <summary>For a message: on one line, and the middle left out when it is long.</summary>
    internal static string Short(CommandLine command, PopenOptions options)
    {
        // Before it is cut: half a secret would no longer be found.
        string text = OneLine(Full(command, options));
        return text.Length <= MostChars
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text[..(MostChars - EndChars)]} ... {text[^EndChars..]}");
    }

    private static string OneLine(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (char c in text.Trim())
        {
            _ = c switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line,
                _ => line.Append(char.IsControl(c) ? ' ' : c),
            };
        }

        return line.ToString();
    }
}
