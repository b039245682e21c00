using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>Starts a program; returns 0 or the error number of the step that failed, in the child or before it.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int posix_spawn(out int pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);
    }
}
