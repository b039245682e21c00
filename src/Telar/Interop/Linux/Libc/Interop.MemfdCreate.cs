using Microsoft.Win32.SafeHandles;
using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const uint MFD_CLOEXEC = 1;
        internal const uint MFD_ALLOW_SEALING = 2;

        /// <summary>The file may be executed, whatever vm.memfd_noexec presumes (Linux 6.3; before it every one may).</summary>
        internal const uint MFD_EXEC = 0x10;

        [LibraryImport(LibraryName, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial SafeFileHandle memfd_create(string name, uint flags);
    }
}
