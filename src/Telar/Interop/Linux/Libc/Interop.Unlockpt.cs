using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Allows the child's side of a pseudo terminal to be opened.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int unlockpt(SafeHandle fd);
    }
}
