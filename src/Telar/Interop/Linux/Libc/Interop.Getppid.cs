using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>The parent's id; it changes when the parent ends, which is how a child notices that it is too late.</summary>
        [LibraryImport(LibraryName)]
        [SuppressGCTransition]
        internal static partial int getppid();
    }
}
