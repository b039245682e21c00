using System.Text;
using Telar.Multiprocessing.Pools;

namespace Telar.Tests.Multiprocessing.Pools;

/// <summary>The lines of a stream do not depend on how it was cut into reads.</summary>
public sealed class LineSplitterTests
{
    /// <summary>Seen red: a line of exactly the longest length got an empty one behind it when its LF came with the next read.</summary>
    [Fact(Timeout = 120_000)]
    public void Add_HoweverTheStreamIsCut_GivesTheSameLines()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            byte[] stream = Stream(random);
            List<string> whole = Split(stream, static rest => rest);
            List<string> cut = Split(stream, rest => random.Next(3) switch { 0 => 1, 1 => random.Next(1, 20), _ => random.Next(1, 20_000) });

            Assert.Equal(whole, cut);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb", "a|b")]
    [InlineData("\n\na", "||a")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("", null)]
    [InlineData("no end", "no end")]
    public void Add_OfText_GivesItsLines(string text, string? expected) =>
        Assert.Equal(expected?.Split('|') ?? [], Split(Encoding.UTF8.GetBytes(text), static rest => rest));

    [Fact(Timeout = 120_000)]
    public void Add_OfAVeryLongLine_CutsItBetweenCharacters()
    {
        string text = "x" + string.Concat(Enumerable.Repeat("€🎈é", 30_000));

        List<string> pieces = Split(Encoding.UTF8.GetBytes(text + "\nlast"), static rest => Math.Min(rest, 16 * 1024));

        Assert.Equal("last", pieces[^1]);
        Assert.Equal(text, string.Concat(pieces[..^1]));
        Assert.All(pieces, static piece => Assert.InRange(Encoding.UTF8.GetByteCount(piece), 1, LineSplitter.MaxLineBytes));
    }

    [Fact(Timeout = 120_000)]
    public void Add_OfExactlyTheLongestLine_GivesOne()
    {
        string longest = new('x', LineSplitter.MaxLineBytes);

        Assert.Equal([longest, "next"], Split(Encoding.UTF8.GetBytes(longest + "\nnext\n"), static _ => 1));
    }

    [Fact(Timeout = 120_000)]
    public void Add_OfBytesThatAreNoText_GivesReplacementCharacters() =>
        Assert.Equal(["\uFFFD\uFFFDa"], Split([0xFF, 0x80, (byte)'a', (byte)'\n'], static rest => rest));

    private static byte[] Stream(Random random)
    {
        using MemoryStream stream = new();
        int lines = random.Next(1, 20);
        for (int i = 0; i < lines; i++)
        {
            int length = random.Next(6) switch
            {
                0 => 0,
                1 => LineSplitter.MaxLineBytes,
                2 => LineSplitter.MaxLineBytes + random.Next(-2, 3),
                _ => random.Next(300),
            };
            string characters = random.Next(2) == 0 ? "ab\r" : "é€🎈";
            StringBuilder text = new();
            while (Encoding.UTF8.GetByteCount(text.ToString()) < length)
            {
                text.Append(length > 1000 ? new string('z', Math.Min(length - 4, 60_000)) : "").Append(characters);
            }

            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            stream.Write(bytes.AsSpan(0, Math.Min(length, bytes.Length)));
            stream.Write(random.Next(3) == 0 ? "\r\n"u8 : "\n"u8);
        }

        return stream.ToArray();
    }

    private static List<string> Split(byte[] stream, Func<int, int> size)
    {
        LineSplitter splitter = new();
        List<string> lines = [];
        for (int at = 0; at < stream.Length;)
        {
            int take = Math.Min(size(stream.Length - at), stream.Length - at);
            splitter.Add(stream.AsSpan(at, take), lines.Add);
            at += take;
        }

        splitter.Complete(lines.Add);
        return lines;
    }
}
