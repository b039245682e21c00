using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>Tells how much could be read from a pipe now.</summary>
        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool PeekNamedPipe(
            SafeHandle pipe, nint buffer, uint bufferSize, nint bytesRead, out uint bytesAvailable, nint bytesLeftInMessage);
    }
}
