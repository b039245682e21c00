using System.Security.Cryptography;
using System.Text;

namespace Telar.Multiprocessing;

/// <summary>A secret that both sides of a connection know, and show each other that they know without sending it.</summary>
/// <remarks>
/// <para>
/// The key shows who is at the other end when the connection is made. It encrypts nothing, and protects nothing that is sent afterwards:
/// beyond one machine, use a tunnel. Do not put a key on a command line, where every user of the machine can read it.
/// </para>
/// <para>Python: the <c>authkey</c> of <c>Listener</c> and <c>Client</c>, a <c>bytes</c> object. <b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class AuthKey
{
    private const int GeneratedLength = 32;

    private readonly byte[] _key;

    private AuthKey(byte[] key) => _key = key;

    /// <summary>Makes a key of 32 random bytes.</summary>
    /// <returns>The key; <see cref="ToArray"/> gives its bytes for the other side.</returns>
    /// <remarks>Python: <c>os.urandom(32)</c>, which is what <c>current_process().authkey</c> begins as.</remarks>
    public static AuthKey Generate() => new(RandomNumberGenerator.GetBytes(GeneratedLength));

    /// <summary>Makes a key of given bytes.</summary>
    /// <param name="key">The bytes, at least one; from 16 random bytes on it cannot be guessed.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">There are no bytes. CPython up to 3.12 takes an empty key for none.</exception>
    public static AuthKey FromBytes(ReadOnlySpan<byte> key) => key.IsEmpty
        ? throw new ArgumentException("An empty key keeps nobody out. Use AuthKey.Generate(), or leave AuthKey null to do without authentication.", nameof(key))
        : new(key.ToArray());

    /// <summary>Makes a key of the UTF-8 bytes of a text, such as Python's <c>b'secret'</c>.</summary>
    /// <param name="text">The text, not empty.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static AuthKey FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FromBytes(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Gives the bytes of the key, for the other side.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToArray() => [.. _key];

    /// <summary>Says that there is a key, and not which.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString() => $"AuthKey ({_key.Length} bytes)";

    internal ReadOnlySpan<byte> Bytes => _key;
}
