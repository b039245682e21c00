using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int tcgetattr(SafeHandle fd, out TerminalSettings settings);
    }
}
