using Microsoft.Win32.SafeHandles;
using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int O_RDONLY = 0;
        internal const int O_WRONLY = 1;
        internal const int O_RDWR = 2;
        internal const int O_CREAT = 0x40;
        internal const int O_NOCTTY = 0x100;
        internal const int O_TRUNC = 0x200;
        internal const int O_APPEND = 0x400;
        internal const int O_CLOEXEC = 0x80000;
        internal const int O_NONBLOCK = 0x800;

        /// <summary>Refuses a symbolic link.</summary>
        internal static int O_NOFOLLOW => IsArm ? 0x8000 : 0x20000;

        /// <summary>Makes a file without a name in the folder that is opened.</summary>
        internal static int O_TMPFILE => 0x400000 | (IsArm ? 0x4000 : 0x10000);

        // These two number the flags above in their own way.
        private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

        /// <summary>Opens a file; a plain number comes back because the readers of /proc open and close within one method.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int open(byte* path, int flags);

        /// <summary>Opens a file, and makes it when the flags say so.</summary>
        [LibraryImport(LibraryName, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial SafeFileHandle open(string path, int flags, int mode);
    }
}
