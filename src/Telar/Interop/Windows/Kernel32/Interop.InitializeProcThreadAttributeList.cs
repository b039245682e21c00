using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>Prepares memory for attributes; with no memory it tells in size how much is needed, and fails with ERROR_INSUFFICIENT_BUFFER.</summary>
        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool InitializeProcThreadAttributeList(nint attributeList, int attributeCount, int flags, ref nuint size);
    }
}
