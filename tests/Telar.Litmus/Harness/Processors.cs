using System.Runtime.InteropServices;

namespace Telar.Litmus.Harness;

/// <summary>Gives each side a processor of its own: a scheduler may keep both on one for long, where they take turns instead of racing.</summary>
internal static unsafe partial class Processors
{
    private const int MaskWords = 16;

    private static readonly int[] s_allowed = Allowed();

    /// <summary>How many there are that can be chosen; 0 where they cannot be.</summary>
    public static int Count => s_allowed.Length;

    /// <summary>Keeps the calling thread on the processor of a side. Threads that it starts are not kept: the runtime sets them free.</summary>
    public static void Keep(int side)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        int processor = s_allowed[side];
        mask[processor / 64] = 1ul << (processor % 64);
        _ = sched_setaffinity(0, MaskWords * sizeof(ulong), mask);
    }

    private static int[] Allowed()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        if (sched_getaffinity(0, MaskWords * sizeof(ulong), mask) < 0)
        {
            return [];
        }

        List<int> allowed = [];
        for (int processor = 0; processor < MaskWords * 64; processor++)
        {
            if ((mask[processor / 64] >> (processor % 64) & 1) != 0)
            {
                allowed.Add(processor);
            }
        }

        return [.. allowed];
    }

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int thread, nint size, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nint size, ulong* mask);
}
