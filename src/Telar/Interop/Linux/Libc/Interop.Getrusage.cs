using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int RUSAGE_THREAD = 1;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int getrusage(int who, out Rusage usage);
    }
}
