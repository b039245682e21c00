using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const nint SIG_DFL = 0;
        internal const nint SIG_IGN = 1;

        /// <summary>SA_NOCLDWAIT: children leave no status behind.</summary>
        internal const int SA_NOCLDWAIT = 2;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int sigaction(int signum, SignalAction* act, SignalAction* oldact);
    }
}
