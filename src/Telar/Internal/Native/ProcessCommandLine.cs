using System.Text;

namespace Telar.Internal.Native;

/// <summary>Reads the command line of this process as the kernel has it: with the arguments of the host, too.</summary>
internal static class ProcessCommandLine
{
    /// <summary>Reads it.</summary>
    /// <returns>The arguments from the program's own name on; a byte that is not UTF-8 reads as U+FFFD.</returns>
    /// <exception cref="IOException">There is no /proc, as in some containers.</exception>
    internal static string[] Read()
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes("/proc/self/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                "Reading the command line of this process failed: /proc/self/cmdline cannot be read. Mount /proc.", e);
        }

        ReadOnlySpan<byte> rest = bytes;
        if (rest.IsEmpty)
        {
            return [];
        }

        // Every argument, an empty one too, ends in a zero byte; only a process that rewrites its title leaves out the last.
        if (rest[^1] == 0)
        {
            rest = rest[..^1];
        }

        var arguments = new List<string>();
        foreach (Range range in rest.Split((byte)0))
        {
            arguments.Add(Encoding.UTF8.GetString(rest[range]));
        }

        return [.. arguments];
    }
}
