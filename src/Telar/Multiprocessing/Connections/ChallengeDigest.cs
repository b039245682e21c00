using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Telar.Multiprocessing;

/// <summary>The digests with which CPython answers a challenge, and their names on the wire: <c>{sha256}</c> before the bytes.</summary>
internal static class ChallengeDigest
{
    /// <summary>How many bytes an answer by the old protocol has: an MD5 without a name.</summary>
    internal const int LegacyAnswerLength = 16;

    /// <summary>How many bytes a challenge by the old protocol has: no name either.</summary>
    internal const int LegacyChallengeLength = 20;

    internal const string Md5 = "md5";

    /// <summary>Splits <c>{name}rest</c>.</summary>
    /// <returns>False when it does not begin with the name of a digest that CPython uses.</returns>
    internal static bool TrySplit(ReadOnlySpan<byte> text, out string name, out ReadOnlySpan<byte> rest)
    {
        name = "";
        rest = default;
        int end = text.IndexOf((byte)'}');
        if (end < 1 || text[0] != (byte)'{')
        {
            return false;
        }

        name = Encoding.ASCII.GetString(text[1..end]);
        rest = text[(end + 1)..];
        return name is Md5 or "sha256" or "sha384" or "sha3_256" or "sha3_384";
    }

    /// <summary>Computes the keyed digest.</summary>
    /// <exception cref="PlatformNotSupportedException">This system has no such digest.</exception>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol of CPython up to 3.11; used only when ConnectionOptions.AllowMd5 asks for it.")]
    internal static byte[] Compute(string name, AuthKey key, ReadOnlySpan<byte> message) => name switch
    {
        Md5 => HMACMD5.HashData(key.Bytes, message),
        "sha256" => HMACSHA256.HashData(key.Bytes, message),
        "sha384" => HMACSHA384.HashData(key.Bytes, message),
        "sha3_256" => HMACSHA3_256.HashData(key.Bytes, message),
        "sha3_384" => HMACSHA3_384.HashData(key.Bytes, message),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No digest of the protocol."),
    };
}
