using System.Text;
using Telar.Subprocesses.Output;

namespace Telar.Subprocesses.Messages;

/// <summary>The end of what a child said, for the message of its failure.</summary>
internal static class OutputTail
{
    private const int MostLines = 10;
    private const int MostChars = 1024;

    // What is looked at. It is more than what is shown, so that a secret which the cut runs through is not in what is shown.
    private const int LookedAt = 16 * 1024;

    /// <summary>The last lines of standard error; of standard output when nothing came from there.</summary>
    /// <returns>Lines that begin with a line end; empty when there is nothing.</returns>
    internal static string Of(CapturedOutput stdout, CapturedOutput stderr, PopenOptions options) =>
        Of(stderr, options) is { Length: > 0 } error ? $"\nStandard error ended with:{error}"
        : Of(stdout, options) is { Length: > 0 } output ? $"\nStandard output ended with:{output}"
        : "";

    private static string Of(CapturedOutput output, PopenOptions options)
    {
        if (!output.IsCaptured)
        {
            return "";
        }

        string text = OutputText.Decode([output.Tail(LookedAt)], options with { Errors = TextErrors.Replace, UniversalNewlines = true });
        string[] lines = [.. Redaction.Hide(text, options).Split('\n').Select(Printable).Where(line => line.Length > 0).TakeLast(MostLines)];
        var tail = new StringBuilder();
        for (int i = lines.Length - 1; i >= 0 && tail.Length < MostChars; i--)
        {
            int room = MostChars - tail.Length;
            string line = lines[i].Length <= room ? lines[i] : "..." + lines[i][^room..];
            _ = tail.Insert(0, $"\n    {line}");
        }

        return tail.ToString();
    }

    // Colours and other orders to a terminal would act on whoever reads a log.
    private static string Printable(string line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e' && i + 1 < line.Length && line[i + 1] == '[')
            {
                i += 2;
                while (i < line.Length && line[i] is < '@' or > '~')
                {
                    i++;
                }
            }
            else if (line[i] == '\t' || !char.IsControl(line[i]))
            {
                _ = text.Append(line[i]);
            }
        }

        return text.ToString().TrimEnd();
    }
}
