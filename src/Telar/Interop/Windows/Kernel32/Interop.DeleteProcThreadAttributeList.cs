using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        [LibraryImport("kernel32.dll")]
        internal static partial void DeleteProcThreadAttributeList(nint attributeList);
    }
}
