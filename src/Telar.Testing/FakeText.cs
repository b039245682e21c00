using System.Globalization;
using System.Text;
using Telar.Subprocesses;

namespace Telar.Testing;

/// <summary>Commands as C# code, to be copied out of a message.</summary>
internal static class FakeText
{
    /// <summary>A command as one would write it in a test.</summary>
    /// <returns><c>["git", "log"]</c>, or <c>CommandLine.Shell("ls *.txt")</c>.</returns>
    internal static string Literal(CommandLine command)
    {
        string words = string.Join(", ", command.Select(Literal));
        return command.IsShell ? $"CommandLine.Shell({words})" : $"[{words}]";
    }

    /// <summary>A pipeline as one would write it in a test.</summary>
    /// <returns><c>Pipeline.Create(["git", "log"], ["sort"])</c>.</returns>
    internal static string Literal(Pipeline pipeline) =>
        $"Pipeline.Create({string.Join(", ", pipeline.Select(stage => Literal(stage.Command)))})";

    private static string Literal(string word)
    {
        var text = new StringBuilder("\"");
        foreach (char c in word)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsControl(c) => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }
}
