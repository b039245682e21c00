using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int TCSANOW = 0;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int tcsetattr(SafeHandle fd, int when, in TerminalSettings settings);
    }
}
