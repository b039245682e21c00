using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int PR_SET_PDEATHSIG = 1;
        internal const int PR_SET_NAME = 15;
        internal const int PR_SET_CHILD_SUBREAPER = 36;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int prctl(int option, nint arg2, nint arg3, nint arg4, nint arg5);
    }
}
