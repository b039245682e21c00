using System.Text;

namespace Telar.Multiprocessing;

/// <summary>The letters by which Python names the types of C, for programs that are ported or that read such letters.</summary>
/// <remarks>Python: <c>sharedctypes.typecode_to_type</c>. <b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
public static class TypeCodes
{
    /// <summary>The .NET type of a letter.</summary>
    /// <param name="code">One of <c>c u b B h H i I l L q Q f d</c>.</param>
    /// <returns>
    /// A type of the same size and layout: <c>c</c> is <see cref="byte"/>, <c>u</c> <see cref="Rune"/> (<see cref="char"/> on Windows), and <c>l</c> is
    /// <see cref="long"/>, on Windows <see cref="int"/>.
    /// </returns>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static Type Parse(char code) => code switch
    {
        'c' => typeof(byte),
        'u' => OperatingSystem.IsWindows() ? typeof(char) : typeof(Rune),
        'b' => typeof(sbyte),
        'B' => typeof(byte),
        'h' => typeof(short),
        'H' => typeof(ushort),
        'i' => typeof(int),
        'I' => typeof(uint),
        'l' => OperatingSystem.IsWindows() ? typeof(int) : typeof(long),
        'L' => OperatingSystem.IsWindows() ? typeof(uint) : typeof(ulong),
        'q' => typeof(long),
        'Q' => typeof(ulong),
        'f' => typeof(float),
        'd' => typeof(double),
        _ => throw new ArgumentException($"'{code}' is no type code. Type codes are: c u b B h H i I l L q Q f d.", nameof(code)),
    };
}
