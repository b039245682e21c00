using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        internal const uint PIPE_ACCESS_INBOUND = 0x1;
        internal const uint PIPE_ACCESS_OUTBOUND = 0x2;
        internal const uint FILE_FLAG_FIRST_PIPE_INSTANCE = 0x0008_0000;
        internal const uint FILE_FLAG_OVERLAPPED = 0x4000_0000;
        internal const uint PIPE_REJECT_REMOTE_CLIENTS = 0x8;

        [LibraryImport("kernel32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
        internal static partial SafeFileHandle CreateNamedPipeW(
            string name, uint openMode, uint pipeMode, uint maxInstances, uint outBufferSize, uint inBufferSize, uint defaultTimeout, nint attributes);
    }
}
