using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Sets what a signal does; with SIG_IGN a worker lives through the Ctrl-C that is meant for its parent.</summary>
        /// <returns>What it did before, or -1.</returns>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint signal(int signum, nint handler);
    }
}
