using System.Text;
using System.Text.Json;
using Telar.Multiprocessing;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>The authentication of multiprocessing.connection, without a socket.</summary>
public sealed class HandshakeTests
{
    private const int MarkLength = 11;

    private static readonly AuthKey s_key = AuthKey.FromText("secret");

    private static readonly byte[] s_welcome = "#WELCOME#"u8.ToArray();
    private static readonly byte[] s_failure = "#FAILURE#"u8.ToArray();

    [Fact(Timeout = 120_000)]
    public void Sessions_RecordedFromCPython_AreReplayedByteForByte()
    {
        int asListener = 0;
        int asClient = 0;
        foreach (JsonElement session in Sessions())
        {
            asListener += Replay(session, listens: true) ? 1 : 0;
            asClient += Replay(session, listens: false) ? 1 : 0;
        }

        Assert.Equal((29, 12), (asListener, asClient));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("#WELCOME#")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("#FAILURE#")]
    [InlineData("#CHALLENGE#{sha256}short")]
    [InlineData("#CHALLENGE#{sha1}0123456789012345678901234567890123456789")]
    [InlineData("#CHALLENGE#{sha256 0123456789012345678901234567890123456789")]
    public void Next_OfNoChallenge_FailsAndTellsNothing(string message)
    {
        var client = new Handshake(s_key, listens: false, allowMd5: true);

        Assert.Null(client.Next(Encoding.ASCII.GetBytes(message)));

        Assert.NotNull(client.Fault);
        Assert.False(client.IsDone);
    }

    [Fact(Timeout = 120_000)]
    public void Next_OfAnAnswerThatWasTamperedWith_SaysFailure()
    {
        for (int bit = 0; bit < 8; bit++)
        {
            var listener = new Handshake(s_key, listens: true, allowMd5: false);
            var client = new Handshake(s_key, listens: false, allowMd5: false);
            byte[] answer = client.Next(listener.Begin()!)!;
            answer[20] ^= (byte)(1 << bit);

            Assert.Equal(s_failure, listener.Next(answer));

            Assert.Contains("does not know the key", listener.Fault, StringComparison.Ordinal);
            Assert.Null(client.Next(s_failure));
            Assert.Contains("keys differ", client.Fault, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Next_OfAMirror_LearnsNothing()
    {
        byte[] nonce = new byte[40];
        var listener = new Handshake(s_key, listens: true, allowMd5: true, nonce);
        byte[] challenge = listener.Begin()!;

        // The answer comes first: a challenge in its place is a wrong answer.
        Assert.Equal(s_failure, listener.Next(challenge));
        Assert.NotNull(listener.Fault);

        // And nobody, whatever he has shown, has the own challenge answered.
        listener = new Handshake(s_key, listens: true, allowMd5: true, nonce);
        var client = new Handshake(s_key, listens: false, allowMd5: true);
        Assert.Equal(s_welcome, listener.Next(client.Next(challenge)!));
        Assert.Null(listener.Next(challenge));
        Assert.Contains("sent back the challenge", listener.Fault, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Next_OfMd5_IsRefusedUnlessAllowed()
    {
        byte[] nonce = [.. Enumerable.Range(0, 40).Select(static i => (byte)i)];
        byte[] legacyAnswer = ChallengeDigest.Compute(ChallengeDigest.Md5, s_key, [.. "{sha256}"u8, .. nonce]);
        var strict = new Handshake(s_key, listens: true, allowMd5: false, nonce);
        var lenient = new Handshake(s_key, listens: true, allowMd5: true, nonce);
        var strictClient = new Handshake(s_key, listens: false, allowMd5: false);

        Assert.Equal(s_failure, strict.Next(legacyAnswer));
        Assert.Contains("AllowMd5", strict.Fault, StringComparison.Ordinal);
        Assert.Equal(s_welcome, lenient.Next(legacyAnswer));
        Assert.Null(strictClient.Next([.. "#CHALLENGE#"u8, .. nonce.AsSpan(0, 20)]));
        Assert.Contains("AllowMd5", strictClient.Fault, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void AuthKey_OfNothing_IsRefused_AndIsNeverShown()
    {
        Assert.Throws<ArgumentException>(() => AuthKey.FromBytes([]));
        Assert.Throws<ArgumentException>(() => AuthKey.FromText(""));
        Assert.DoesNotContain("secret", s_key.ToString(), StringComparison.Ordinal);
        Assert.Equal("secret"u8.ToArray(), s_key.ToArray());
        Assert.Equal(32, AuthKey.Generate().ToArray().Length);
        Assert.NotEqual(AuthKey.Generate().ToArray(), AuthKey.Generate().ToArray());
    }

    // Takes this side's part of a recorded session; false when the session has no such part, or one that Telar does not play.
    private static bool Replay(JsonElement session, bool listens)
    {
        byte[] key = Convert.FromHexString(session.GetProperty(listens ? "server_key" : "client_key").GetString()!);
        string mine = listens ? "s>c" : "c>s";
        (bool IsMine, byte[] Frame)[] frames = [.. session.GetProperty("frames").EnumerateArray()
            .Where(static frame => frame.TryGetProperty("handshake", out _))
            .Select(frame => (frame.GetProperty("dir").GetString() == mine, Convert.FromHexString(frame.GetProperty("hex").GetString()!)))];
        byte[]? challenge = frames.FirstOrDefault(static frame => frame.IsMine && frame.Frame.AsSpan().StartsWith("#CHALLENGE#{sha256}"u8)).Frame;
        string name = session.GetProperty("name").GetString()!;
        if (key.Length == 0 || challenge is null || (!listens && name.StartsWith("scripted", StringComparison.Ordinal)))
        {
            return false;
        }

        var handshake = new Handshake(AuthKey.FromBytes(key), listens, allowMd5: true, challenge[(MarkLength + 8)..]);
        byte[]? next = handshake.Begin();
        foreach ((bool isMine, byte[] frame) in frames)
        {
            if (isMine)
            {
                Assert.Equal(Convert.ToHexString(frame), Convert.ToHexString(next ?? []));
                next = null;
            }
            else if (frame.Length <= Handshake.MaxMessageLength)
            {
                Assert.True(next is null, name);
                next = handshake.Next(frame);
            }
        }

        bool isScript = name.StartsWith("scripted", StringComparison.Ordinal);
        Assert.True(isScript || handshake.IsDone == session.GetProperty("server_result").GetString()!.StartsWith("accepted", StringComparison.Ordinal), name);
        return true;
    }

    private static List<JsonElement> Sessions()
    {
        using Stream vectors = typeof(HandshakeTests).Assembly.GetManifestResourceStream("handshake.json")!;
        using JsonDocument document = JsonDocument.Parse(vectors);
        return [.. document.RootElement.EnumerateArray().Select(static session => session.Clone())];
    }
}
