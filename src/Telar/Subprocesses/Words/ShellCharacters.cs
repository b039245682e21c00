namespace Telar.Subprocesses.Words;

/// <summary>The characters by which a shell does something, wherever they stand outside of quotes.</summary>
internal static class ShellCharacters
{
    /// <summary>What to do without a shell.</summary>
    /// <returns>Null for a character that a shell takes as it is.</returns>
    internal static string? Advice(char c) => c switch
    {
        '|' => "join two command lines with the operator |",
        '<' or '>' => "set Stdin, Stdout or Stderr to Stdio.File(path)",
        '&' or ';' or '(' or ')' => "run one command line after the other",
        '$' or '`' => "put the value into a hole, as in {value}",
        '*' or '?' or '[' => "expand it with Directory.EnumerateFiles and put the files into a hole, as in {files}",
        _ => null,
    };
}
