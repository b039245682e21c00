using Xunit;

namespace Telar.Tests.Subprocesses.CommandLines;

using Telar.Subprocesses;

public class CommandLineTests
{
    [Fact(Timeout = 120_000)]
    public void Create_FromAListAStringOrAnArray_HasTheWords()
    {
        CommandLine list = ["git", "commit", "-m", "two words"];
        CommandLine array = new[] { "git", "commit", "-m", "two words" };
        CommandLine name = "/opt/my program";
        CommandLine longer = [.. list, "--amend"];

        Assert.Equal(["git", "commit", "-m", "two words"], list);
        Assert.Equal(list, array);
        Assert.Equal(("git", 4, "-m"), (list.FileName, list.Count, list[2]));
        Assert.Equal(["/opt/my program"], name);
        Assert.Equal(["git", "commit", "-m", "two words", "--amend"], longer);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(new string[0], "no words")]
    [InlineData(new[] { "" }, "first word is empty")]
    [InlineData(new[] { "a", null }, "Word 1")]
    [InlineData(new[] { "a", "b", "c\0d" }, "Word 2 of a command line contains a zero")]
    public void Create_WithWordsThatNoSystemTakes_Refuses(string?[] words, string part)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => CommandLine.Create(words!));

        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Equals_ComparesWordsAndShell()
    {
        CommandLine one = ["ls", "-l"];
        CommandLine same = $"ls -l";
        CommandLine other = ["ls", "-L"];
        CommandLine shell = CommandLine.Shell("ls", "-l");

        Assert.True(one == same && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode());
        Assert.True(one != other && one != shell && one != null && !one.Equals("ls -l"));
        Assert.True((CommandLine?)null == null);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", "''")]
    [InlineData("a-Z_0@%+=:,./", "a-Z_0@%+=:,./")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", "'it'\"'\"'s'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("é", "'é'")]
    public void Quote_QuotesOnlyWhatNeedsIt(string word, string quoted) => Assert.Equal(quoted, CommandLine.Quote(word));

    [Fact(Timeout = 120_000)]
    public void ToString_IsWhatOneWouldType()
    {
        Assert.Equal("git commit -m 'two words' ''", CommandLine.Create("git", "commit", "-m", "two words", "").ToString());
        Assert.Equal("ls *.txt | wc -l", CommandLine.Shell("ls *.txt | wc -l").ToString());
        Assert.Equal("/bin/sh -c 'echo $1' sh 'a b'", CommandLine.Shell("echo $1", "sh", "a b").ToString());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("git commit -m 'two words'", new[] { "git", "commit", "-m", "two words" })]
    [InlineData("  a\tb\r\nc  ", new[] { "a", "b", "c" })]
    [InlineData("a'b c'\"d e\"f\\ g", new[] { "ab cd ef g" })]
    [InlineData("x '' \"\"", new[] { "x", "", "" })]
    [InlineData("x \"a\\\"b\\\\c\\d\\$e\"", new[] { "x", "a\"b\\c\\d\\$e" })]
    [InlineData("x '\\'", new[] { "x", "\\" })]
    [InlineData("a | b > c # d", new[] { "a", "|", "b", ">", "c", "#", "d" })]
    public void Split_FollowsTheRulesOfAPosixShell(string text, string[] words) => Assert.Equal(words, CommandLine.Split(text));

    [Theory(Timeout = 120_000)]
    [InlineData("", "no words")]
    [InlineData(" \t", "no words")]
    [InlineData("git commit -m 'two", "no closing single quote")]
    [InlineData("git \"two", "no closing double quote")]
    [InlineData("git \"two\\", "no closing double quote")]
    [InlineData("git \\", "A backslash ends")]
    public void Split_OfWhatIsNotComplete_SaysWhatIsMissing(string text, string part)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => CommandLine.Split(text));

        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }
}
