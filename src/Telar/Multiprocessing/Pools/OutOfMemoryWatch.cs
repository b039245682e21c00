using System.Globalization;

namespace Telar.Multiprocessing.Pools;

/// <summary>Notices that the kernel's memory killer struck in this process's control group.</summary>
/// <remarks>Evidence, not proof: the counter is that of the group, and says nothing where there is no cgroup v2.</remarks>
internal sealed class OutOfMemoryWatch
{
    private static readonly string? s_file = FindFile();

    private long _seen = Read();

    /// <summary>True when the counter has risen since it was looked at last.</summary>
    public bool HasStruck()
    {
        long now = Read();
        bool struck = now > _seen;
        _seen = now;
        return struck;
    }

    private static string? FindFile()
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/cgroup"))
            {
                if (line.StartsWith("0::", StringComparison.Ordinal))
                {
                    string file = $"/sys/fs/cgroup{line[3..]}/memory.events";
                    return File.Exists(file) ? file : null;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No control groups here: nothing to watch.
        }

        return null;
    }

    private static long Read()
    {
        if (s_file is null)
        {
            return 0;
        }

        try
        {
            foreach (string line in File.ReadLines(s_file))
            {
                if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
                {
                    return long.Parse(line.AsSpan("oom_kill ".Length), CultureInfo.InvariantCulture);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            // The group may be gone; then there is no evidence either.
        }

        return 0;
    }
}
