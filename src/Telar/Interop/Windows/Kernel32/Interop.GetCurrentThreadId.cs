using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        [LibraryImport("kernel32.dll")]
        [SuppressGCTransition]
        internal static partial uint GetCurrentThreadId();
    }
}
