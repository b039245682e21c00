using System.Globalization;

namespace Telar.Specs.Support;

/// <summary>What /proc tells about processes.</summary>
internal static class Processes
{
    public static bool IsAlive(int process)
    {
        string? stat = Stat(process);
        return stat is not null && stat[0] is not ('Z' or 'X');
    }

    public static IReadOnlyList<int> ChildrenOf(int parent)
    {
        List<int> children = [];
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && Stat(process) is { } stat
                && int.Parse(stat.Split(' ')[1], CultureInfo.InvariantCulture) == parent)
            {
                children.Add(process);
            }
        }

        return children;
    }

    /// <summary>The command line, as ps shows it.</summary>
    public static string Title(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ').TrimEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    public static string Describe(int process) => $"{process} '{Title(process)}' {Stat(process)?[0]}";

    /// <summary>The sockets, pipes and kernel objects this process has open; assemblies that were loaded meanwhile do not count.</summary>
    public static IReadOnlyList<string> OpenDescriptors()
    {
        List<string> open = [];

        // The runtime duplicates the standard streams when the console is first used.
        HashSet<string> standard = [.. Enumerable.Range(0, 3).Select(static number => new FileInfo($"/proc/self/fd/{number}").LinkTarget ?? "")];
        foreach (string link in Directory.GetFiles("/proc/self/fd"))
        {
            string target;
            try
            {
                target = new FileInfo(link).LinkTarget ?? "";
            }
            catch (IOException)
            {
                continue;
            }

            if (standard.Contains(target))
            {
                continue;
            }

            if (target.StartsWith("socket:", StringComparison.Ordinal)
                || target.StartsWith("pipe:", StringComparison.Ordinal)
                || target.StartsWith("anon_inode:", StringComparison.Ordinal)
                || target.Contains("memfd:telar", StringComparison.Ordinal))
            {
                open.Add($"{Path.GetFileName(link)} -> {target}");
            }
        }

        return open;
    }

    /// <summary>State and what follows it in /proc/PID/stat; null when there is no such process.</summary>
    private static string? Stat(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
