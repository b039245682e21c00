using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        internal const uint GENERIC_READ = 0x8000_0000;
        internal const uint GENERIC_WRITE = 0x4000_0000;
        internal const uint FILE_APPEND_DATA = 0x4;
        internal const uint FILE_READ_ATTRIBUTES = 0x80;
        internal const uint FILE_WRITE_ATTRIBUTES = 0x100;
        internal const uint FILE_SHARE_READ = 0x1;
        internal const uint FILE_SHARE_WRITE = 0x2;
        internal const uint FILE_SHARE_DELETE = 0x4;
        internal const uint CREATE_ALWAYS = 2;
        internal const uint OPEN_EXISTING = 3;
        internal const uint OPEN_ALWAYS = 4;
        internal const uint FILE_ATTRIBUTE_NORMAL = 0x80;

        [LibraryImport("kernel32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
        internal static partial SafeFileHandle CreateFileW(
            string path, uint access, uint share, nint attributes, uint disposition, uint flags, nint template);
    }
}
