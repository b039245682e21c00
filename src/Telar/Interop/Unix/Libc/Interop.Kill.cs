using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    /// <summary>The few C functions that the portable code needs on any Unix.</summary>
    internal static partial class UnixLibc
    {
        // "libc", found by the runtime's own search: the one name that macOS, the BSDs and Linux have in common.
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int kill(int pid, int sig);
    }
}
