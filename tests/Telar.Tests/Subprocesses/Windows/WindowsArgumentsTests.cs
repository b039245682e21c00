using FsCheck;
using FsCheck.Fluent;
using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Windows;

/// <summary>The two directions between words and the one text of Windows. Pure, so tested on every system.</summary>
public class WindowsArgumentsTests
{
    private const int Limit = 30_000;

    /// <summary>What CPython 3.13 makes of the words: <c>subprocess.list2cmdline</c>; the first eight are from its own tests.</summary>
    public static TheoryData<string[], string> Texts => new()
    {
        { ["a b c", "d", "e"], """ "a b c" d e """.Trim() },
        { ["ab\"c", "\\", "d"], """ab\"c \ d""" },
        { ["ab\"c", " \\", "d"], """ab\"c " \\" d""" },
        { ["a\\\\\\b", "de fg", "h"], """a\\\b "de fg" h""" },
        { ["a\\\"b", "c", "d"], """a\\\"b c d""" },
        { ["a\\\\b c", "d", "e"], """ "a\\b c" d e """.Trim() },
        { ["a\\\\b\\ c", "d", "e"], """ "a\\b\ c" d e """.Trim() },
        { ["ab", ""], "ab \"\"" },
        { ["p.exe", "\t", "", "a\taé \""], "p.exe \"\t\" \"\" \"a\taé \\\"\"" },
        { ["p.exe", "\n&é", "-\\\n%\n\\", "\t- ^"], "p.exe \n&é -\\\n%\n\\ \"\t- ^\"" },
        { ["p.exe", "\\^\n\"%bb", " -\\ \n\\"], "p.exe \\^\n\\\"%bb \" -\\ \n\\\\\"" },
        { ["p.exe", "\\\\\n", " ", "\\é\" \\é\""], "p.exe \\\\\n \" \" \"\\é\\\" \\é\\\"\"" },
        { ["p.exe", "\"a \\"], "p.exe \"\\\"a \\\\\"" },
        { ["p.exe", "", "\t", " &\"\\%\\"], "p.exe \"\" \"\t\" \" &\\\"\\%\\\\\"" },
        { ["p.exe", "%%\\ ^", "", "-&-é\\\\\\"], """p.exe "%%\ ^" "" -&-é\\\""" },
        { ["", "x"], "\"\" x" },
        { [], "" },
    };

    /// <summary>What the C library of Visual Studio makes of a text, by its documentation.</summary>
    public static TheoryData<string, string[]> Words => new()
    {
        { """p "abc" d e""", ["p", "abc", "d", "e"] },
        { """p a\\b d"e f"g h""", ["p", "a\\\\b", "de fg", "h"] },
        { """p a\\\"b c d""", ["p", "a\\\"b", "c", "d"] },
        { """p a\\\\"b c" d e""", ["p", "a\\\\b c", "d", "e"] },
        { """p a"b"" c d""", ["p", "ab\" c d"] },
        { """p "a""b" c""", ["p", "a\"b", "c"] },
        { """p "" "" """, ["p", "", ""] },
        { "p \t a\tb  ", ["p", "a", "b"] },
        { "p a\nb", ["p", "a\nb"] },
        { """p "not closed \" and""", ["p", "not closed \" and"] },
        { """ "C:\Program Files\x\" a""", [@"C:\Program Files\x\", "a"] },
        { """C:\a"b c"d\ e""", [@"C:\ab cd\", "e"] },
        { """p \ \\ \\\""", ["p", "\\", "\\\\", "\\\\\\"] },
    };

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Texts))]
    public Task ToWindows_OfWords_IsPythonsList2cmdline(string[] words, string text)
    {
        Assert.Equal(text, CommandLine.ToWindows(words));
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Words))]
    public Task FromWindows_OfAText_GivesTheWordsOfTheCLibrary(string text, string[] words)
    {
        Assert.Equal(words, CommandLine.FromWindows(text));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task FromWindows_OfToWindows_GivesTheSameWords()
    {
        Gen<char> letter = Gen.Elements('a', 'b', ' ', '\t', '"', '\\', '\\', '\n', 'é', '%', '\'');
        Gen<string[]> words = letter.ListOf().Select(static letters => string.Concat(letters)).ArrayOf();
        Prop.ForAll(words.ToArbitrary(), static arguments =>
        {
            string[] all = [@"C:\some folder\p.exe", .. arguments];
            Assert.Equal(all, CommandLine.FromWindows(CommandLine.ToWindows(all)));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task FromWindows_WithoutAProgram_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => CommandLine.FromWindows(" \t"));
        Assert.Throws<ArgumentException>(() => CommandLine.FromWindows("\"\" a"));
        Assert.Throws<ArgumentException>(() => CommandLine.RawWindows("a\0b"));
        Assert.Throws<ArgumentException>(() => CommandLine.ToWindows(["a", null!])); // the point of the test
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task RawWindows_KeepsTheTextAndTellsItsWords()
    {
        CommandLine command = CommandLine.RawWindows("msiexec /i \"a b.msi\" PROPERTY=\"c d\"");

        Assert.Equal(["msiexec", "/i", "a b.msi", "PROPERTY=c d"], command.ToArray());
        Assert.Equal("msiexec /i \"a b.msi\" PROPERTY=\"c d\"", command.WindowsText);
        Assert.Null(CommandLine.FromWindows("msiexec /i x").WindowsText);
        Assert.NotEqual(CommandLine.FromWindows("a b"), CommandLine.RawWindows("a  b"));
        return Task.CompletedTask;
    }
}
