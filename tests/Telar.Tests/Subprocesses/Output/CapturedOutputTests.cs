using System.Text;
using Telar.Subprocesses;
using Telar.Subprocesses.Output;
using Xunit;

namespace Telar.Tests.Subprocesses.Output;

public sealed class CapturedOutputTests
{
    private const int Limit = 30_000;

    private static readonly byte[] s_invalid = [(byte)'a', 0xE2, 0x82, (byte)'b', 0xFF, (byte)'c'];

    public static TheoryData<TextErrors, string> Rules => new()
    {
        { TextErrors.Replace, "a\uFFFDb\uFFFDc" },
        { TextErrors.Ignore, "abc" },
        { TextErrors.BackslashReplace, @"a\xe2\x82b\xffc" },
        { TextErrors.SurrogateEscape, "a\uDCE2\uDC82b\uDCFFc" },
    };

    [Fact(Timeout = Limit)]
    public Task Members_OfWhatWasNotCaptured_SayHowToCapture()
    {
        CapturedOutput output = CapturedOutput.NotCaptured;

        Assert.False(output.IsCaptured);
        Assert.All<Func<object>>(
            [() => output.Text, () => output.Bytes, () => output.Lines, () => output.Length],
            read => Assert.Contains("captureOutput: true", Assert.Throws<InvalidOperationException>(read).Message, StringComparison.Ordinal));
        Assert.Null((string?)output);
        Assert.Equal("(not captured)", output.ToString());
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Text_OfUtf8_IsDecodedOnce()
    {
        var output = new CapturedOutput("grün\r\n"u8.ToArray(), new PopenOptions());

        Assert.Equal("grün\r\n", output.Text);
        Assert.Same(output.Text, output.ToString());
        Assert.Same(output.Text, (string?)output);
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Rules))]
    public Task Text_OfInvalidBytes_FollowsTheRuleWhereverThePiecesAreCut(TextErrors errors, string expected)
    {
        var options = new PopenOptions { Errors = errors };
        for (int cut = 0; cut <= s_invalid.Length; cut++)
        {
            Assert.Equal(expected, new CapturedOutput([s_invalid.AsMemory(0, cut), s_invalid.AsMemory(cut)], options).Text);
        }

        Assert.Equal(expected, new CapturedOutput(s_invalid, options).Text);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Text_OfInvalidBytes_WhenStrict_ThrowsAndKeepsTheBytes()
    {
        var output = new CapturedOutput(s_invalid, new PopenOptions { Errors = TextErrors.Strict });

        Assert.Throws<DecoderFallbackException>(() => output.Text);
        Assert.Equal(s_invalid, output.Bytes.ToArray());
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData("utf-8")]
    [InlineData("us-ascii")]
    [InlineData("utf-16")]
    public Task Text_WithSurrogateEscape_EncodesToTheSameBytes(string encodingName)
    {
        Encoding encoding = Encoding.GetEncoding(encodingName);
        byte[] bytes = [.. encoding.GetBytes("ab"), 0xFF, 0x80, .. encoding.GetBytes("c"), 0xD8];
        var output = new CapturedOutput(bytes, new PopenOptions { Encoding = encoding, Errors = TextErrors.SurrogateEscape });

        Assert.Equal(bytes, InputText.Encode(output.Text, encoding, TextErrors.SurrogateEscape));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Encode_WhatTheEncodingCannotSay_FollowsTheRule()
    {
        Assert.Equal("gr?n"u8.ToArray(), InputText.Encode("grün", Encoding.ASCII, TextErrors.Replace));
        Assert.Throws<EncoderFallbackException>(() => InputText.Encode("grün", Encoding.ASCII, TextErrors.Strict));
        Assert.Equal("\U0001F600"u8.ToArray(), InputText.Encode("\U0001F600", Encoding.UTF8, TextErrors.SurrogateEscape));
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-32BE")]
    public Task Text_WithUniversalNewlines_HasOnlyLineFeeds(string encodingName)
    {
        Encoding encoding = Encoding.GetEncoding(encodingName);
        byte[] bytes = [.. encoding.Preamble, .. encoding.GetBytes("1\r\n2\r3\n4\r\r\n\r")];
        var options = new PopenOptions { Encoding = encoding, UniversalNewlines = true };

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal("1\n2\n3\n4\n\n\n", new CapturedOutput([bytes.AsMemory(0, cut), bytes.AsMemory(cut)], options).Text);
        }

        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Text_WithAMark_LeavesItOutOnlyWithAnEncodingThatHasOne()
    {
        byte[] bytes = "\uFEFFa"u8.ToArray();
        var marked = new PopenOptions { Encoding = Encoding.UTF8 };

        Assert.Equal("\uFEFFa", new CapturedOutput(bytes, new PopenOptions()).Text);
        Assert.Equal("a", new CapturedOutput(bytes, marked).Text);
        Assert.Equal(["a"], new CapturedOutput(bytes, marked).Lines);
        Assert.Equal("a", new CapturedOutput([bytes.AsMemory(0, 2), bytes.AsMemory(2)], marked).Text);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Lines_OfTextInPieces_AreThoseOfTheWhole()
    {
        string[] expected = [.. Enumerable.Range(0, 20_000).Select(i => $"line {i} – ü")];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join("\r\n", expected) + "\n");
        ReadOnlyMemory<byte>[] pieces = [.. bytes.Chunk(8191).Select(piece => (ReadOnlyMemory<byte>)piece)];
        var output = new CapturedOutput(pieces, new PopenOptions());

        Assert.Equal(expected, output.Lines);
        Assert.Equal(Encoding.UTF8.GetString(bytes), output.Text);
        Assert.True(bytes.AsSpan().SequenceEqual(output.Bytes.Span));
        Assert.Equal(expected, output.Lines);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Text_LongerThanAStringCanBe_SaysWhatToReadInstead()
    {
        // One piece again and again: the text would have 1.1 milliard characters, the test needs one megabyte.
        byte[] piece = new byte[1024 * 1024];
        var output = new CapturedOutput([.. Enumerable.Repeat((ReadOnlyMemory<byte>)piece, 1050)], new PopenOptions());

        string message = Assert.Throws<InvalidOperationException>(() => output.Text).Message;

        Assert.Contains("1101004800 characters", message, StringComparison.Ordinal);
        Assert.Contains("Bytes or as Lines", message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Text_AskedForByManyThreads_IsOneString()
    {
        byte[] bytes = new byte[200_000];
        bytes.AsSpan().Fill((byte)'x');
        for (int round = 0; round < 50; round++)
        {
            var output = new CapturedOutput([bytes.AsMemory(0, 100_000), bytes.AsMemory(100_000)], new PopenOptions());
            using var gate = new Barrier(3);

            string[] texts = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(
                () =>
                {
                    gate.SignalAndWait(TestContext.Current.CancellationToken);
                    _ = i == 0 ? output.Bytes : default;
                    return output.Text;
                },
                TestContext.Current.CancellationToken)));

            Assert.All(texts, text => Assert.Same(texts[0], text));
        }
    }
}
