using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Telar.Internal.Processes;

/// <summary>
/// The mark that every child carries in its environment and hands down to its own children, so that they can be found
/// after their parent has ended and they have become children of init.
/// </summary>
/// <remarks>
/// The value is a path, <c>outer/inner</c>: a child that starts children with this library appends to what it got. So the
/// outermost process finds them all, and the inner one only its own.
/// </remarks>
internal static class JobToken
{
    /// <summary>The name of the environment variable.</summary>
    internal const string VariableName = "TELAR_JOB";

    private static readonly string? s_outer = Environment.GetEnvironmentVariable(VariableName);
    private static readonly ulong s_process = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private static long s_count;

    /// <summary>Makes a mark that no other child has: a random number of this process, and a count.</summary>
    /// <returns>32 hexadecimal digits.</returns>
    internal static string Create() =>
        string.Create(CultureInfo.InvariantCulture, $"{s_process:x16}{Interlocked.Increment(ref s_count):x16}");

    /// <summary>The value of the variable for a child.</summary>
    /// <param name="job">The child's own mark.</param>
    /// <returns>The marks of its ancestors and its own.</returns>
    internal static string PathOf(string job) => string.IsNullOrEmpty(s_outer) ? job : $"{s_outer}/{job}";
}
