using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>Looks up a group by name; returns 0 or the error number, and with 0 a null result when there is none.</summary>
        [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int getgrnam_r(string name, Account* entry, byte* buffer, nuint size, out Account* result);
    }
}
