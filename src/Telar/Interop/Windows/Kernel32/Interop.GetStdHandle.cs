using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>The standard handle of this process; 0 or -1 when it has none. It is not the caller's to close.</summary>
        [LibraryImport("kernel32.dll", SetLastError = true)]
        internal static partial nint GetStdHandle(int number);
    }
}
