using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Kernel32
    {
        /// <summary>The handles that a child inherits; all others stay here.</summary>
        internal const nuint PROC_THREAD_ATTRIBUTE_HANDLE_LIST = 0x20002;

        /// <summary>Adds an attribute. The value is not copied: it stays in place until the list is used.</summary>
        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool UpdateProcThreadAttribute(
            nint attributeList, uint flags, nuint attribute, void* value, nuint size, nint previousValue, nint returnSize);
    }
}
