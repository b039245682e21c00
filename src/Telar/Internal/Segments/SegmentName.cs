using System.Security.Cryptography;
using System.Text;

namespace Telar.Internal.Segments;

/// <summary>The names of segments: files in the folder where the C library, and with it CPython, keeps shared memory.</summary>
internal static class SegmentName
{
    /// <summary>The folder.</summary>
    internal const string Folder = "/dev/shm";

    private const int MaxBytes = 255;

    /// <summary>The file of a segment.</summary>
    internal static string PathOf(string name) => $"{Folder}/{name}";

    /// <summary>Makes a name that nobody has, with all likelihood: whoever uses it looks, and asks again.</summary>
    /// <param name="prefix">What it begins with.</param>
    /// <param name="digits">How many hexadecimal digits follow.</param>
    internal static string Random(string prefix, int digits) => prefix + RandomNumberGenerator.GetHexString(digits, lowercase: true);

    /// <summary>Refuses what cannot be the name of a file.</summary>
    /// <exception cref="ArgumentException">It is empty, longer than 255 bytes, or holds a slash or a NUL.</exception>
    internal static void Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal) || name is "." or "..")
        {
            throw new ArgumentException(
                $"'{name}' cannot name shared memory: a name is neither '.' nor '..', and has neither a slash (not even the leading one of shm_open) nor a NUL.",
                nameof(name));
        }

        int length = Encoding.UTF8.GetByteCount(name);
        if (length > MaxBytes)
        {
            throw new ArgumentException($"A name of shared memory has at most {MaxBytes} bytes; '{name}' has {length}.", nameof(name));
        }
    }
}
