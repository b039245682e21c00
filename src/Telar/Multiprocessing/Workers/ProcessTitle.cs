using System.Globalization;
using System.Text;
using Telar.Multiprocessing.Starting;

namespace Telar.Multiprocessing.Workers;

/// <summary>The name under which <c>ps</c> and <c>top</c> list this process.</summary>
/// <remarks>
/// The kernel shows two names: the thread name (15 bytes) and the command line, which is whatever stands in the memory the
/// arguments came in. When the last byte of that memory is no zero, it reads on in the environment that follows, where a worker
/// has a variable that is there to be overwritten (<see cref="WorkerEntry.PaddingVariable"/>). Without /proc only the first is set.
/// </remarks>
internal static unsafe class ProcessTitle
{
    // Field numbers of /proc/self/stat (proc(5)), counted from 1.
    private const int ArgumentsStart = 48;
    private const int ArgumentsEnd = 49;
    private const int EnvironmentStart = 50;

    private static int s_padding;

    public static void Set(string title)
    {
        ReadOnlySpan<byte> threadName = "telar-worker\0"u8;
        fixed (byte* text = threadName)
        {
            _ = Interop.Libc.prctl(Interop.Libc.PR_SET_NAME, (nint)text, 0, 0, 0);
        }

        // Read before it is overwritten: a worker may start workers of its own from it.
        _ = WorkerCommand.Arguments;
        if (!TryFindMemory(out nuint start, out int arguments, out int padding))
        {
            return;
        }

        Span<byte> name = stackalloc byte[256];
        int length = Math.Min(Encoding.UTF8.GetBytes(title.Length > 80 ? title[..80] : title, name), arguments + padding - 1);
        Span<byte> area = new((void*)start, Math.Max(arguments, length + 1));
        name[..length].CopyTo(area);
        area[length..].Clear();
    }

    /// <summary>Where the arguments are, and how much of the environment behind them may be used too.</summary>
    private static bool TryFindMemory(out nuint start, out int arguments, out int padding)
    {
        (start, arguments, padding) = (0, 0, 0);
        string stat;
        try
        {
            stat = File.ReadAllText("/proc/self/stat");
        }
        catch (IOException)
        {
            return false;
        }

        // The second field is the name in parentheses and may hold blanks: count from behind it.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        if (fields.Length <= EnvironmentStart - 3
            || !TryParse(fields[ArgumentsStart - 3], out start)
            || !TryParse(fields[ArgumentsEnd - 3], out nuint end)
            || !TryParse(fields[EnvironmentStart - 3], out nuint environment)
            || end <= start + 1
            || end - start > 1 << 21)
        {
            return false;
        }

        arguments = (int)(end - start);
        ReadOnlySpan<byte> first = Encoding.ASCII.GetBytes(WorkerEntry.PaddingVariable);
        if (environment == end && new ReadOnlySpan<byte>((void*)environment, first.Length).SequenceEqual(first))
        {
            // Once it is written over it cannot be recognised any more, so it is remembered.
            padding = first.Length + WorkerEntry.PaddingLength;
            s_padding = padding;
        }
        else
        {
            padding = s_padding;
        }

        return true;
    }

    private static bool TryParse(string text, out nuint value) => nuint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
