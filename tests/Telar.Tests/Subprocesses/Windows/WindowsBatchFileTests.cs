using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses.Windows;

/// <summary>Batch files: what cmd could take for a command never reaches it.</summary>
public class WindowsBatchFileTests
{
    private const int Limit = 30_000;
    private const string Shell = @"C:\Windows\System32\cmd.exe";

    [Theory(Timeout = Limit)]
    [InlineData(@"C:\a\tool.bat", true)]
    [InlineData(@"C:\a\tool.CMD", true)]
    [InlineData(@"C:\a\tool.bat. . ", true)]
    [InlineData("npm.cmd", true)]
    [InlineData(@"C:\a.bat\tool.exe", false)]
    [InlineData("bat", false)]
    [InlineData("tool.cmdx", false)]
    public Task Is_TellsByTheEndOfTheName(string path, bool expected)
    {
        Assert.Equal(expected, WindowsBatchFile.Is(path));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task CommandLine_QuotesEveryArgument()
    {
        string line = WindowsBatchFile.CommandLine(Shell, @"C:\R&D\a tool.bat", ["one", "two words", "", @"C:\end\", "(x)=,;'"]);

        Assert.Equal(
            """ "C:\Windows\System32\cmd.exe" /d /e:on /v:off /s /c ""C:\R&D\a tool.bat" "one" "two words" "" "C:\end\\" "(x)=,;'"" """
                .Trim(),
            line);
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData("\"&calc", "'\"'")]
    [InlineData("%PATH%", "'%'")]
    [InlineData("a!b", "'!'")]
    [InlineData("a^b", "'^'")]
    [InlineData("a&b", "'&'")]
    [InlineData("a|b", "'|'")]
    [InlineData("a<b", "'<'")]
    [InlineData("a>b", "'>'")]
    [InlineData("a\nb", "a line end")]
    [InlineData("a\rb", "a line end")]
    public Task CommandLine_WithWhatCmdReads_IsRefused(string argument, string named)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(
            () => WindowsBatchFile.CommandLine(Shell, @"C:\tool.cmd", ["fine", argument]));

        Assert.Contains($@"'C:\tool.cmd': argument 2 contains {named}", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task CommandLine_WithAPathThatCmdWouldExpand_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => WindowsBatchFile.CommandLine(Shell, @"C:\%a%\tool.cmd", []));
        return Task.CompletedTask;
    }
}
