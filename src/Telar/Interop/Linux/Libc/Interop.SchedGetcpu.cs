using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>The processor that the caller runs on, read without entering the kernel; negative where that cannot be told.</summary>
        [SuppressGCTransition]
        [LibraryImport(LibraryName)]
        internal static partial int sched_getcpu();
    }
}
