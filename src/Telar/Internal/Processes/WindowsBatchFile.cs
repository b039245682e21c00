using System.Buffers;
using System.Text;

namespace Telar.Internal.Processes;

/// <summary>
/// A <c>.bat</c> or <c>.cmd</c> file is no program: Windows has cmd read it, and cmd reads the arguments by rules of its own, in
/// which no quoting is safe for all characters. What it could take for a command is refused.
/// </summary>
internal static class WindowsBatchFile
{
    // Quotes end the quotation, percents expand in it too, a line end cuts the command off. The others are harmless in the
    // quotes that are put around them here, and no longer where a batch file takes the quotes off (%~1), as many do.
    private static readonly SearchValues<char> s_refused = SearchValues.Create("\"%!^&|<>\r\n");

    /// <summary>Whether Windows would have cmd run the file. It does not look at dots and blanks at the end of a name.</summary>
    /// <param name="path">A path.</param>
    /// <returns>Whether it is one.</returns>
    internal static bool Is(string path)
    {
        string name = path.TrimEnd(' ', '.');
        return name.EndsWith(".bat", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".cmd", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The command line by which cmd runs a batch file.</summary>
    /// <param name="shell">The path of cmd.</param>
    /// <param name="path">The path of the batch file.</param>
    /// <param name="arguments">What the batch file gets as <c>%1</c> and so on.</param>
    /// <returns>The command line.</returns>
    /// <exception cref="ArgumentException">Something in it has a meaning for cmd.</exception>
    internal static string CommandLine(string shell, string path, IReadOnlyList<string> arguments)
    {
        if (path.AsSpan().IndexOfAny('%', '"') >= 0)
        {
            throw new ArgumentException($"Cannot start '{path}': cmd would expand the % in the path of this batch file. Rename it.");
        }

        // /d: nothing of AutoRun. /v:off: '!' means itself. /s with the outer quotes: what is between them is taken as it is.
        var line = new StringBuilder($"\"{shell}\" /d /e:on /v:off /s /c \"\"{path}\"");
        for (int i = 0; i < arguments.Count; i++)
        {
            int at = arguments[i].AsSpan().IndexOfAny(s_refused);
            if (at >= 0)
            {
                throw new ArgumentException(
                    $"Cannot start '{path}': argument {i + 1} contains {Describe(arguments[i][at])}, and in the arguments of a batch "
                    + "file cmd may take that for a command. Start the program that the batch file starts, or send the data "
                    + "through standard input, a file or an environment variable; a text that is trusted can be run by "
                    + "CommandLine.Shell.");
            }

            line.Append(' ');
            WindowsArguments.Append(line, arguments[i], quote: true);
        }

        return line.Append('"').ToString();
    }

    private static string Describe(char c) => c switch
    {
        '\r' or '\n' => "a line end",
        _ => $"'{c}'",
    };
}
