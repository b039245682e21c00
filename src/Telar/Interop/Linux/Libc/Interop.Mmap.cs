using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int PROT_READ = 1;
        internal const int PROT_WRITE = 2;
        internal const int MAP_SHARED = 1;
        internal const int MAP_PRIVATE = 2;
        internal const int MAP_FIXED = 0x10;
        internal const int MAP_ANONYMOUS = 0x20;

        /// <summary>What mmap returns when it fails.</summary>
        internal const nint MAP_FAILED = -1;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint mmap(nint addr, nuint length, int prot, int flags, SafeHandle fd, long offset);

        /// <summary>For memory without a file: -1 in its place.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, long offset);
    }
}
