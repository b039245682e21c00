using System.Globalization;
using System.Text;
using Telar.Internal.Processes;

namespace Telar.Internal.Diagnostics;

/// <summary>What the system tells of a thread of any process: on Linux, from /proc.</summary>
/// <param name="Id">The system's number.</param>
/// <param name="Name">Its name, of which the system keeps 15 bytes.</param>
/// <param name="State">What it does, in a word.</param>
/// <param name="WaitsIn">Where in the kernel it waits; empty where the system does not tell.</param>
/// <param name="ProcessorTime">How much it has used so far.</param>
internal sealed record NativeThread(int Id, string Name, string State, string WaitsIn, TimeSpan ProcessorTime)
{
    // Positions after the name, and the ticks of /proc on all processors: see proc(5).
    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;
    private const double TicksPerSecond = 100;

    /// <summary>The threads of a process.</summary>
    /// <returns>In the order of their numbers; none where there is no /proc, or no such process.</returns>
    public static List<NativeThread> Of(int processId)
    {
        List<NativeThread> threads = [];
        List<int> ids = OperatingSystem.IsLinux()
            ? ProcFile.NumbersIn(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task"))
            : [];
        ids.Sort();
        foreach (int id in ids)
        {
            if (Parse(id, Read(processId, id, "stat"), Read(processId, id, "wchan")) is { } thread)
            {
                threads.Add(thread);
            }
        }

        return threads;
    }

    /// <summary>Understands a line of /proc/[pid]/task/[tid]/stat.</summary>
    /// <returns>Null when it is none.</returns>
    internal static NativeThread? Parse(int id, string stat, string waitsIn)
    {
        // The name may hold spaces and parentheses.
        int nameStart = stat.IndexOf('(', StringComparison.Ordinal) + 1;
        int nameEnd = stat.LastIndexOf(')');
        string[] fields = nameStart == 0 || nameEnd < nameStart || nameEnd + 2 > stat.Length ? [] : stat[(nameEnd + 2)..].Split(' ');
        if (fields.Length <= SystemTimeField
            || !long.TryParse(fields[UserTimeField], CultureInfo.InvariantCulture, out long user)
            || !long.TryParse(fields[SystemTimeField], CultureInfo.InvariantCulture, out long system))
        {
            return null;
        }

        // A zero: it waits nowhere, or we may not know.
        string place = waitsIn.Trim();
        return new NativeThread(id, stat[nameStart..nameEnd], StateOf(fields[0]), place == "0" ? "" : place, TimeSpan.FromSeconds((user + system) / TicksPerSecond));
    }

    private static string StateOf(string letter) => letter switch
    {
        "R" => "running",
        "S" => "waiting",
        "D" => "waiting in the kernel, not to be interrupted",
        "T" or "t" => "stopped",
        "Z" or "X" or "x" => "ended",
        _ => $"in state {letter}",
    };

    private static string Read(int processId, int id, string file)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = ProcFile.Read(processId, string.Create(CultureInfo.InvariantCulture, $"task/{id}/{file}"), buffer);
        return length <= 0 ? "" : Encoding.UTF8.GetString(buffer[..length]);
    }
}
