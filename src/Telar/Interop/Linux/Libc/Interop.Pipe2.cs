using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>Makes a pipe: <paramref name="pipefd"/>[0] is to read, [1] to write.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int pipe2(int* pipefd, int flags);
    }
}
