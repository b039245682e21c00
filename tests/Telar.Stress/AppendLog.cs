using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Stress;

/// <summary>A file that many processes append lines to, one write a line, so that none is lost or mixed however they end.</summary>
/// <remarks>Not <see cref="FileMode.Append"/>: that seeks to the end and writes there, where another process may be writing too.</remarks>
internal static class AppendLog
{
    private const int WriteOnlyAppending = 0x401;

    /// <summary>Makes an empty one.</summary>
    public static void Create(string file) => File.WriteAllText(file, "");

    /// <summary>Appends a line, without its end.</summary>
    public static unsafe void Add(string file, string line)
    {
        byte[] path = System.Text.Encoding.UTF8.GetBytes(file + "\0");
        fixed (byte* start = path)
        {
            using SafeFileHandle handle = new(Interop.Libc.open(start, WriteOnlyAppending | Interop.Libc.O_CLOEXEC), ownsHandle: true);
            DescriptorIO.Write(handle, System.Text.Encoding.ASCII.GetBytes(line + "\n"));
        }
    }
}
