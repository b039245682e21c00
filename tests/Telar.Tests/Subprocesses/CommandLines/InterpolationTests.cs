using System.Globalization;
using Xunit;

namespace Telar.Tests.Subprocesses.CommandLines;

using Telar.Subprocesses;

public class InterpolationTests
{
    private const string Nasty = "a b; rm -rf \"$HOME\" 'x' `id` | > \\ \n *";

    [Fact(Timeout = 120_000)]
    public void AHole_IsOneArgument_WhateverIsInIt()
    {
        CommandLine command = $"git commit -m {Nasty} {""}";

        Assert.Equal(["git", "commit", "-m", Nasty, ""], command);
        Assert.False(command.IsShell);
    }

    [Fact(Timeout = 120_000)]
    public void AHole_InAWordOrInQuotes_JoinsIt()
    {
        CommandLine command = $"git --author={Nasty} -m \"fix: {Nasty}!\" '{Nasty}' {"a"}{"b"}{'c'}";

        Assert.Equal(["git", "--author=" + Nasty, "-m", $"fix: {Nasty}!", Nasty, "abc"], command);
    }

    [Fact(Timeout = 120_000)]
    public void AHole_ThatIsASequence_IsSeveralArguments()
    {
        string[] files = ["a b", "c"];
        int[] none = [];
        CommandLine inner = ["ls", "-l"];
        CommandLine command = $"sudo {inner} {files} {none} {new[] { 1.5, 2 }:F1} end";

        Assert.Equal(["sudo", "ls", "-l", "a b", "c", "1.5", "2.0", "end"], command);
        Assert.Equal(["rm"], (CommandLine)$"rm {none}");
    }

    [Fact(Timeout = 120_000)]
    public void AHole_IsWrittenInTheInvariantCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            CommandLine command = $"sleep {0.25} {1234.5:N1} {new DateTime(2026, 1, 2):yyyy-MM-dd} {true} {DayOfWeek.Monday}";

            Assert.Equal(["sleep", "0.25", "1,234.5", "2026-01-02", "True", "Monday"], command);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact(Timeout = 120_000)]
    public void Text_WithLinesBracesAndQuotedShellCharacters_IsTaken()
    {
        string input = "in.mp4";
        CommandLine command = $$"""
            ffmpeg -i {{input}} \
              -vf 'scale=$w:*' "a|b" \$x \~ HEAD~1 a#b {} stash@{1}
            """;

        Assert.Equal(["ffmpeg", "-i", "in.mp4", "-vf", "scale=$w:*", "a|b", "$x", "~", "HEAD~1", "a#b", "{}", "stash@{1}"], command);
        Assert.Equal(["git", "show", "stash@{0}", "x"], (CommandLine)$"git show stash@{{0}} {"x"}");
        Assert.Equal(["a", "b", "c", "d"], (CommandLine)($"a {"b"} " + $"c {"d"}"));
    }

    [Fact(Timeout = 120_000)]
    public void Text_WithWhatAShellWouldActUpon_IsRefusedWithTheWayOut()
    {
        string x = "x";
        Refused("operator |", () => $"ls | wc {x}");
        Refused("Stdio.File", () => $"ls > {x}");
        Refused("Stdio.File", () => $"cat < {x}");
        Refused("one command line after the other", () => $"make && ./{x}");
        Refused("one command line after the other", () => $"make ; ./{x}");
        Refused("hole, as in {value}", () => $"echo $HOME {x}");
        Refused("hole, as in {value}", () => $"echo \"$HOME\" {x}");
        Refused("hole, as in {value}", () => $"echo `id` {x}");
        Refused("hole, as in {files}", () => $"rm *.txt {x}");
        Refused("write the path out", () => $"ls ~/{x}");
        Refused("'#' after `make`", () => $"make # {x}");
    }

    [Fact(Timeout = 120_000)]
    public void Text_ThatIsNotComplete_IsRefusedWhereItIsWritten()
    {
        string? absent = null;
        string[] files = ["a"];
        Refused("no closing double quote", () => $"git commit -m \"{absent ?? "x"}");
        Refused("A backslash before 'T'", () => $@"C:\Tools\x.exe {files}");
        Refused("before a hole, after `echo`", () => $@"echo \{"x"}");
        Refused("is null, after `git push`", () => $"git push {absent}");
        Refused("inside of a word, after `rm --files=`", () => $"rm --files={files}");
        Refused("inside of a word", () => $"rm \"{files}\"");
        Refused("without a blank, after `rm a`", () => $"rm {files}x");
        Refused("without a blank", () => $"rm {files}{files}");
        Refused("Name the shell", () => $"sudo {CommandLine.Shell("ls | wc")}");
        Refused("no words", () => $"");
        Refused("first word is empty", () => $"{""} x");
        Refused("contains a zero", () => $"echo {"\0"}");
    }

    [Fact(Timeout = 120_000)]
    public void TheCompilersMembers_OnACompleteCommandLine_Refuse()
    {
        CommandLine complete = $"ls {"-l"}";

        Assert.Throws<InvalidOperationException>(() => complete.AppendLiteral(" -x"));
        Assert.Throws<InvalidOperationException>(() => complete.AppendFormatted("-x"));
        Assert.Throws<InvalidOperationException>(() => new CommandLine(3, 0).Count);
        Assert.Equal(["ls", "-l"], complete);
    }

    private static void Refused(string part, Func<CommandLine> command)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => command());
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }
}
