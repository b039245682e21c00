using System.Buffers;
using System.Buffers.Text;
using System.IO.Enumeration;
using System.Text;
using System.Text.Unicode;

namespace Telar.Internal.Processes;

/// <summary>Reads /proc. The files there change and vanish at any time: what is gone reads as nothing.</summary>
internal static unsafe class ProcFile
{
    private const int PathCapacity = 64;

    /// <summary>The entries of a directory whose names are numbers.</summary>
    /// <param name="directory">The directory.</param>
    /// <returns>The numbers, as they are found; none without /proc.</returns>
    internal static List<int> NumbersIn(string directory)
    {
        try
        {
            return [.. new FileSystemEnumerable<int>(directory, static (ref FileSystemEntry entry) => Number(entry.FileName))
            {
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => Number(entry.FileName) >= 0,
            }];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Reads the beginning of a file of a process.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">The file: <c>stat</c>.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <returns>The number of bytes; 0 when there is none to read, -1 when it may not be read or is gone.</returns>
    internal static int Read(int pid, string name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[PathCapacity];
        if (!Utf8.TryWrite(path, $"/proc/{pid}/{name}\0", out _))
        {
            throw new ArgumentOutOfRangeException(nameof(name), name, "The name of a file of /proc is short.");
        }

        int descriptor;
        fixed (byte* start = path)
        {
            descriptor = Interop.Libc.open(start, Interop.Libc.O_RDONLY | Interop.Libc.O_CLOEXEC);
        }

        if (descriptor < 0)
        {
            return -1;
        }

        int filled = 0;
        fixed (byte* start = buffer)
        {
            while (filled < buffer.Length)
            {
                nint count = Interop.Libc.read(descriptor, start + filled, (nuint)(buffer.Length - filled));
                if (count <= 0)
                {
                    break;
                }

                filled += (int)count;
            }
        }

        _ = Interop.Libc.close(descriptor);
        return filled;
    }

    /// <summary>Whether a variable of a process's first environment contains a text.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="variable">The variable and its equals sign.</param>
    /// <param name="text">The text.</param>
    /// <returns>Whether it does; false when the environment may not be read, null when there is none, as in the middle of an exec.</returns>
    internal static bool? EnvironmentContains(int pid, ReadOnlySpan<byte> variable, ReadOnlySpan<byte> text)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int length;
            while ((length = Read(pid, "environ", buffer)) == buffer.Length)
            {
                int larger = buffer.Length * 4;
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(larger);
            }

            if (length <= 0)
            {
                return length < 0 ? false : null;
            }

            foreach (Range range in ((ReadOnlySpan<byte>)buffer.AsSpan(0, length)).Split((byte)0))
            {
                ReadOnlySpan<byte> entry = buffer.AsSpan(range);
                if (entry.StartsWith(variable))
                {
                    return entry.IndexOf(text) >= 0;
                }
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Number(ReadOnlySpan<char> name) =>
        int.TryParse(name, System.Globalization.NumberStyles.None, null, out int number) ? number : -1;
}
