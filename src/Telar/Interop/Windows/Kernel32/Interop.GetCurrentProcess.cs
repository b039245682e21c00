using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>A number that means this process in every call; there is nothing to close.</summary>
        [LibraryImport("kernel32.dll")]
        internal static partial nint GetCurrentProcess();
    }
}
