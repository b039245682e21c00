using System.Diagnostics;
using Xunit;

namespace Telar.Tests.Subprocesses.CommandLines;

using Telar.Subprocesses;

/// <summary>Values in scripts, seen through a real shell. Seen red with: quotes of a script that do not end at $(...).</summary>
public class ShellScriptTests
{
    private const string Nasty = "a  b; echo \"$0\" 'x' `id` $(id) | > \\ * é\n#";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task AHole_IsOneWordOfTheScript_WhateverIsInIt()
    {
        SkipWithoutShell();
        string[] several = [Nasty, "", "c"];

        Assert.Equal($"[{Nasty}]", await Output(CommandLine.Shell($"printf '[%s]' {Nasty}")));
        Assert.Equal($"[x{Nasty}y]", await Output(CommandLine.Shell($"printf '[%s]' x{Nasty}y")));
        Assert.Equal($"[x {Nasty}]", await Output(CommandLine.Shell($"printf '[%s]' \"x {Nasty}\"")));
        Assert.Equal($"[{Nasty}][][c]", await Output(CommandLine.Shell($"printf '[%s]' {several}")));
        Assert.Equal($"[{Nasty}]", await Output(CommandLine.Shell($"printf '[%s]' \"$(printf %s {Nasty})\"")));
        Assert.Equal("[3 2 (]", await Output(CommandLine.Shell($"printf '[%s]' \"$(( 1 + 2 )) $(echo {"a b"} | wc -w | tr -d ' ') (\"")));
        Assert.Equal($"[{Nasty}]", await Output(CommandLine.Shell($"f() {{ printf '[%s]' {Nasty}; }}; f other")));
        Assert.Equal("2", await Output(CommandLine.Shell($"# it's 5\" wide\nprintf %s {"a b"} | wc -w | tr -d ' \\n'")));
    }

    [Fact(Timeout = 120_000)]
    public async Task Arguments_BesideHoles_AreTheScriptsOwn()
    {
        SkipWithoutShell();

        Assert.Equal("[me][one][2][v]", await Output(CommandLine.Shell($"printf '[%s]' \"$0\" \"$1\" $# {"v"}", "me", "one", "two")));
        Assert.Equal("[0]", await Output(CommandLine.Shell($"echo {""} >/dev/null; printf '[%s]' $#")));
    }

    [Fact(Timeout = 120_000)]
    public async Task ToString_RunsTheSameWhenItIsTyped()
    {
        SkipWithoutShell();
        CommandLine command = CommandLine.Shell($"printf '[%s]' {Nasty} \"<{Nasty}>\"");

        Assert.Equal("grep 'a b' *.txt", CommandLine.Shell($"grep {"a b"} *.txt").ToString());
        Assert.Equal(await Output(command), await Output(CommandLine.Shell(command.ToString())));
        Assert.Equal(await Output(command), await Output(["/bin/sh", "-c", command.ToString()]));
    }

    [Fact(Timeout = 120_000)]
    public void AHole_ThatTheShellWouldNotSee_IsRefused()
    {
        SkipWithoutShell();
        string[] several = ["a", "b"];

        Assert.Contains("in single quotes, after `echo '`", Refused(() => CommandLine.Shell($"echo '{"x"}'")), StringComparison.Ordinal);
        Assert.Contains("it stands in quotes", Refused(() => CommandLine.Shell($"echo \"{several}\"")), StringComparison.Ordinal);
        Assert.Contains("is null, after `echo `", Refused(() => CommandLine.Shell($"echo {(string?)null}")), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void AScriptWithoutHoles_IsTakenAsItIs()
    {
        CommandLine command = CommandLine.Shell($"ls *.txt | wc -l", "zero", "one");

        Assert.True(command.IsShell);
        Assert.Equal<string[]>(["ls *.txt | wc -l", "zero", "one"], [.. command]);
    }

    private static void SkipWithoutShell() => Assert.SkipUnless(File.Exists("/bin/sh"), "Needs /bin/sh.");

    private static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;

    // By .NET's own class: what is tested here are the words, not how they are run.
    private static async Task<string> Output(CommandLine command)
    {
        string[] words = command.IsShell ? ["/bin/sh", "-c", .. command] : [.. command];
        using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true })!; // started, so not null
        string output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return output;
    }
}
