using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        [LibraryImport(LibraryName)]
        [SuppressGCTransition]
        internal static partial int getpgrp();
    }
}
