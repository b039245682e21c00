using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>A system call that the C library has no function for, or had none for long.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint syscall(nint number, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5);
    }
}
