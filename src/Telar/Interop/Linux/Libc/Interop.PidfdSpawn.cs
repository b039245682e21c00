using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>posix_spawn that gives a pidfd, made in the same step as the child. Only in glibc 2.39 and later.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int pidfd_spawn(
            out int pidfd, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);
    }
}
