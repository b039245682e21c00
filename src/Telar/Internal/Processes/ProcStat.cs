using System.Buffers.Text;

namespace Telar.Internal.Processes;

/// <summary>What /proc tells about a process.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="ParentPid">The id of its parent.</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="StartTime">When it started, in clock ticks since boot: with <paramref name="Pid"/>, who it is.</param>
/// <param name="IsDead">Whether it has ended and only waits to be reaped.</param>
internal readonly record struct ProcStat(int Pid, int ParentPid, int Group, int Session, ulong StartTime, bool IsDead)
{
    // Positions after the name, which may contain spaces and parentheses; see proc(5), whose count begins at pid = 1.
    private const int StateField = 0;
    private const int ParentField = 1;
    private const int GroupField = 2;
    private const int SessionField = 3;
    private const int ThreadsField = 17;
    private const int StartField = 19;
    private const int MemoryField = 20;
    private const int EnvironmentEndField = 48;

    /// <summary>Reads it.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="stat">What was found.</param>
    /// <returns>Whether there is such a process.</returns>
    internal static bool TryRead(int pid, out ProcStat stat)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = ProcFile.Read(pid, "stat", buffer);
        stat = default;
        return length > 0 && TryParse(pid, buffer[..length], out stat);
    }

    /// <summary>
    /// Whether a process has its new memory and not yet its new environment: it is in the middle of an exec. Only for a process whose
    /// environment may be read, as the system hides where it lies from all others.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <returns>False also when there is no such process.</returns>
    internal static bool IsInExec(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = ProcFile.Read(pid, "stat", buffer);
        return length > 0 && SaysInExec(buffer[..length]);
    }

    /// <summary>What a line of /proc/[pid]/stat says of <see cref="IsInExec"/>.</summary>
    /// <param name="line">The line.</param>
    /// <returns>False also when it is no such line.</returns>
    internal static bool SaysInExec(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> fields = line[(line.LastIndexOf((byte)')') + 1)..].Trim(" \n"u8);
        bool hasMemory = false;
        int position = 0;
        foreach (Range range in fields.Split((byte)' '))
        {
            if (position == MemoryField)
            {
                hasMemory = !fields[range].SequenceEqual("0"u8); // threads of the kernel have none
            }
            else if (position == EnvironmentEndField)
            {
                return hasMemory && fields[range].SequenceEqual("0"u8);
            }

            position++;
        }

        return false;
    }

    /// <summary>Parses a line of /proc/[pid]/stat.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="line">The line.</param>
    /// <param name="stat">What it says.</param>
    /// <returns>Whether it is such a line.</returns>
    internal static bool TryParse(int pid, ReadOnlySpan<byte> line, out ProcStat stat)
    {
        stat = default;
        int nameEnd = line.LastIndexOf((byte)')');
        if (nameEnd < 0 || nameEnd + 2 >= line.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> fields = line[(nameEnd + 2)..];
        byte state = 0;
        int parent = 0;
        int group = 0;
        int session = 0;
        int threads = 0;
        int position = 0;
        foreach (Range range in fields.Split((byte)' '))
        {
            ReadOnlySpan<byte> field = fields[range];
            bool good = position switch
            {
                StateField => (state = field.IsEmpty ? (byte)0 : field[0]) != 0,
                ParentField => Utf8Parser.TryParse(field, out parent, out _),
                GroupField => Utf8Parser.TryParse(field, out group, out _),
                SessionField => Utf8Parser.TryParse(field, out session, out _),
                ThreadsField => Utf8Parser.TryParse(field, out threads, out _),
                _ => true,
            };
            if (!good)
            {
                return false;
            }

            if (position == StartField)
            {
                if (!Utf8Parser.TryParse(field, out ulong start, out _))
                {
                    return false;
                }

                // 'Z' with several threads is a process whose first thread ended before the others: it lives.
                stat = new ProcStat(pid, parent, group, session, start, state is (byte)'X' || (state is (byte)'Z' && threads <= 1));
                return true;
            }

            position++;
        }

        return false;
    }
}
