using System.Globalization;
using System.Text;
using Telar.Multiprocessing.Starting;

namespace Telar.Multiprocessing.Workers;

/// <summary>The name under which <c>ps</c> and <c>top</c> list this process.</summary>
/// <remarks>
/// The kernel shows two names: the thread name (15 bytes) and the command line, which is whatever stands in the memory the
/// arguments came in. Both are set; on a kernel without /proc only the first.
/// </remarks>
internal static unsafe class ProcessTitle
{
    // Field numbers of /proc/self/stat (proc(5)), counted from 1.
    private const int ArgumentsStart = 48;
    private const int ArgumentsEnd = 49;

    public static void Set(string title)
    {
        ReadOnlySpan<byte> threadName = "telar-worker\0"u8;
        fixed (byte* text = threadName)
        {
            _ = Interop.Libc.prctl(Interop.Libc.PR_SET_NAME, (nint)text, 0, 0, 0);
        }

        // Read before it is overwritten: a worker may start workers of its own from it.
        _ = WorkerCommand.Arguments;
        if (!TryFindArguments(out nuint start, out nuint end))
        {
            return;
        }

        Span<byte> area = new((void*)start, (int)(end - start));
        Span<byte> name = stackalloc byte[256];
        int length = Encoding.UTF8.GetBytes(title.Length > 80 ? title[..80] : title, name);
        length = Math.Min(length, area.Length - 1);
        name[..length].CopyTo(area);
        area[length..].Clear();
    }

    private static bool TryFindArguments(out nuint start, out nuint end)
    {
        (start, end) = (0, 0);
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
        return fields.Length > ArgumentsEnd - 3
            && nuint.TryParse(fields[ArgumentsStart - 3], NumberStyles.None, CultureInfo.InvariantCulture, out start)
            && nuint.TryParse(fields[ArgumentsEnd - 3], NumberStyles.None, CultureInfo.InvariantCulture, out end)
            && end > start + 1 && end - start < 1 << 21;
    }
}
