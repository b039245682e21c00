using System.Text;
using Telar.Subprocesses;
using Telar.Subprocesses.Output;
using Xunit;

namespace Telar.Tests.Subprocesses.Output;

public sealed class LineSplitterTests
{
    private const int Limit = 10_000;

    private const string Text = "eins\r\nzwei\rdrei\n\n\r\r\nfünf €\uD83D\uDE00\r\n\nend";

    private static readonly string[] s_lines = ["eins", "zwei", "drei", "", "", "", "fünf €\uD83D\uDE00", "", "end"];

    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE", "utf-32"];

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Encodings))]
    public Task TryTake_WithAnyCutOfTheBytes_GivesTheSameLines(string encodingName)
    {
        var options = new PopenOptions { Encoding = Encoding.GetEncoding(encodingName) };
        byte[] bytes = options.Encoding.GetBytes(Text);

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(s_lines, Split(options, bytes[..cut], bytes[cut..]));
        }

        Assert.Equal(s_lines, Split(options, [.. bytes.Select(value => new[] { value })]));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task TryTake_AfterACarriageReturn_GivesTheLineBeforeAnythingFollows()
    {
        var splitter = new LineSplitter(new PopenOptions());

        Assert.Equal(["50 %"], Append(splitter, "50 %\r"u8));
        Assert.Equal([], Append(splitter, "\n"u8));
        Assert.Equal([""], Append(splitter, "\n"u8));
        Assert.Equal([], Append(splitter, "100 %"u8));
        splitter.End();
        Assert.True(splitter.TryTake(out string? last));
        Assert.Equal("100 %", last);
        Assert.False(splitter.TryTake(out _));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task TryTake_WithALineLongerThanEveryBuffer_GivesItWhole()
    {
        string line = new('x', 1_000_003);

        Assert.Equal([line, line], Split(new PopenOptions(), Encoding.UTF8.GetBytes($"{line}\n{line}")));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task TryTake_WithInvalidBytesAcrossPieces_FollowsTheRule()
    {
        byte[] bytes = [(byte)'a', 0xE2, 0x82, (byte)'b', 0xFF];

        Assert.Equal(["a\uFFFDb\uFFFD"], Cut(TextErrors.Replace));
        Assert.Equal(["ab"], Cut(TextErrors.Ignore));
        Assert.Equal([@"a\xe2\x82b\xff"], Cut(TextErrors.BackslashReplace));
        Assert.Equal(["a\uDCE2\uDC82b\uDCFF"], Cut(TextErrors.SurrogateEscape));
        Assert.Throws<DecoderFallbackException>(() => Cut(TextErrors.Strict));
        return Task.CompletedTask;

        string[] Cut(TextErrors errors) => Split(new PopenOptions { Errors = errors }, bytes[..2], bytes[2..3], bytes[3..]);
    }

    [Fact(Timeout = Limit)]
    public Task End_WithinACharacter_FollowsTheRule()
    {
        Assert.Equal(["a\uFFFD"], Split(new PopenOptions(), [(byte)'a', 0xE2, 0x82]));
        Assert.Throws<DecoderFallbackException>(
            () => Split(new PopenOptions { Errors = TextErrors.Strict }, [(byte)'a', 0xE2, 0x82]));
        return Task.CompletedTask;
    }

    private static string[] Split(PopenOptions options, params byte[][] pieces)
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(options);
        foreach (byte[] piece in pieces)
        {
            lines.AddRange(Append(splitter, piece));
        }

        splitter.End();
        lines.AddRange(Taken(splitter));
        return [.. lines];
    }

    private static List<string> Append(LineSplitter splitter, ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        while (!bytes.IsEmpty)
        {
            bytes = bytes[splitter.Append(bytes)..];
            lines.AddRange(Taken(splitter));
        }

        return lines;
    }

    private static List<string> Taken(LineSplitter splitter)
    {
        var lines = new List<string>();
        while (splitter.TryTake(out string? line))
        {
            lines.Add(line);
        }

        return lines;
    }
}
