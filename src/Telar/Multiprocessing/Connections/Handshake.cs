using System.Security.Cryptography;

namespace Telar.Multiprocessing;

/// <summary>The authentication of CPython's multiprocessing.connection, for one side of one connection.</summary>
/// <remarks>
/// Pure: no socket and no clock. <see cref="Begin"/> gives the first message to send, if this side begins; <see cref="Next"/> takes each
/// message that comes and gives the answer. The formats are in docs/reference/connections.md#authentication.
/// </remarks>
// State machine (L: listener, C: client; each arrow is one message that came)
//
//   L: Answer --right--> Challenge ------> Verdict --welcome--> Done
//   C: Challenge ------> Verdict --welcome--> Answer --right--> Done
//
//   Any other message: Failed, with Fault set. A wrong answer is told to the other side, everything else is not.
// Invariants
//   I1  Done is reached only after the other side has answered this side's challenge with the key.
//   I2  The listener answers nobody who has not answered it before, and no side answers its own challenge: who only sends back what he
//       gets learns no answer.
// Ownership
//   One thread at a time.
internal sealed class Handshake
{
    /// <summary>The longest message of the protocol in bytes; a longer one is refused before memory is taken for it.</summary>
    internal const int MaxMessageLength = 256;

    private const int NonceLength = 40;

    private const string Md5Refused =
        "it uses MD5, as CPython up to 3.11 does, which is not safe any more. Set AllowMd5 in the options if it must be, on a network that you trust";

    private readonly AuthKey _key;
    private readonly bool _listens;
    private readonly bool _allowMd5;
    private readonly byte[] _challenge;
    private Step _awaited;

    /// <summary>Begins a handshake.</summary>
    /// <param name="key">What both sides should know.</param>
    /// <param name="listens">Whether this side listened; the listener challenges first.</param>
    /// <param name="allowMd5">Whether the protocol of CPython up to 3.11 is taken.</param>
    /// <param name="nonce">The random bytes of the challenge; tests give them.</param>
    internal Handshake(AuthKey key, bool listens, bool allowMd5, byte[]? nonce = null)
    {
        _key = key;
        _listens = listens;
        _allowMd5 = allowMd5;
        _challenge = [(byte)'{', .. "sha256"u8, (byte)'}', .. nonce ?? RandomNumberGenerator.GetBytes(NonceLength)];
        _awaited = listens ? Step.Answer : Step.Challenge;
    }

    private enum Step
    {
        Challenge,
        Answer,
        Verdict,
        Done,
    }

    /// <summary>Whether both sides have shown the key.</summary>
    internal bool IsDone => _awaited == Step.Done && Fault is null;

    /// <summary>Why the handshake failed; <see langword="null"/> while it has not.</summary>
    internal string? Fault { get; private set; }

    private static ReadOnlySpan<byte> ChallengeMark => "#CHALLENGE#"u8;

    private static ReadOnlySpan<byte> Welcome => "#WELCOME#"u8;

    private static ReadOnlySpan<byte> Failure => "#FAILURE#"u8;

    /// <summary>Gives the message with which this side begins.</summary>
    /// <returns><see langword="null"/> when the other side begins.</returns>
    internal byte[]? Begin() => _listens ? PutChallenge() : null;

    /// <summary>Takes a message of the other side.</summary>
    /// <returns>What to send now, if anything. Even after a <see cref="Fault"/>: then it is the last.</returns>
    internal byte[]? Next(ReadOnlySpan<byte> message)
    {
        return _awaited switch
        {
            Step.Challenge => AnswerChallenge(message),
            Step.Answer => Judge(message),
            _ => TakeVerdict(message),
        };
    }

    private byte[] PutChallenge() => [.. ChallengeMark, .. _challenge];

    private byte[]? AnswerChallenge(ReadOnlySpan<byte> message)
    {
        if (!message.StartsWith(ChallengeMark))
        {
            return Fail(message.SequenceEqual(Failure)
                ? "it does not accept what this process answered: the keys differ"
                : "it sent something else than a challenge. Perhaps it was made without a key, or is no listener of multiprocessing");
        }

        ReadOnlySpan<byte> challenge = message[ChallengeMark.Length..];
        if (challenge.SequenceEqual(_challenge))
        {
            return Fail("it sent back the challenge that it should have answered, to learn the answer");
        }

        _awaited = Step.Verdict;
        if (challenge.Length == ChallengeDigest.LegacyChallengeLength)
        {
            return _allowMd5 ? ChallengeDigest.Compute(ChallengeDigest.Md5, _key, challenge) : Fail(Md5Refused);
        }

        if (!ChallengeDigest.TrySplit(challenge, out string digest, out _) || challenge.Length < ChallengeDigest.LegacyChallengeLength)
        {
            return Fail($"its challenge of {challenge.Length} bytes names no digest that Telar knows (sha256, sha384, sha3_256, sha3_384, md5)");
        }

        return digest == ChallengeDigest.Md5 && !_allowMd5
            ? Fail(Md5Refused)
            : [(byte)'{', .. System.Text.Encoding.ASCII.GetBytes(digest), (byte)'}', .. ChallengeDigest.Compute(digest, _key, challenge)];
    }

    private byte[]? Judge(ReadOnlySpan<byte> answer)
    {
        string digest = ChallengeDigest.Md5;
        ReadOnlySpan<byte> code = answer;
        if (answer.Length != ChallengeDigest.LegacyAnswerLength && !ChallengeDigest.TrySplit(answer, out digest, out code))
        {
            _ = Fail($"its answer of {answer.Length} bytes names no digest that Telar knows (sha256, sha384, sha3_256, sha3_384, md5)");
            return [.. Failure];
        }

        if (digest == ChallengeDigest.Md5 && !_allowMd5)
        {
            _ = Fail(Md5Refused);
            return [.. Failure];
        }

        if (!CryptographicOperations.FixedTimeEquals(ChallengeDigest.Compute(digest, _key, _challenge), code))
        {
            _ = Fail("it does not know the key: its answer to the challenge is wrong");
            return [.. Failure];
        }

        _awaited = _listens ? Step.Challenge : Step.Done;
        return [.. Welcome];
    }

    private byte[]? TakeVerdict(ReadOnlySpan<byte> verdict)
    {
        if (!verdict.SequenceEqual(Welcome))
        {
            return Fail("it does not accept what this process answered: the keys differ, or it does not take this digest");
        }

        _awaited = _listens ? Step.Done : Step.Answer;
        return _listens ? null : PutChallenge();
    }

    private byte[]? Fail(string fault)
    {
        Fault = fault;
        return null;
    }
}
