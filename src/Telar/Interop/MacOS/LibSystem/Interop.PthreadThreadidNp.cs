using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class LibSystem
    {
        /// <summary>The system-wide number of a thread.</summary>
        /// <param name="thread">The thread; 0 for the calling one.</param>
        /// <param name="number">Where the number goes.</param>
        /// <returns>0, or an error number.</returns>
        [LibraryImport("libSystem.dylib")]
        internal static partial int pthread_threadid_np(nint thread, out ulong number);
    }
}
