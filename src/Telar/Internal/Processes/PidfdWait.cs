using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

/// <summary>Waits on a pidfd in the calling thread.</summary>
internal static unsafe class PidfdWait
{
    /// <summary>Waits until the process has ended.</summary>
    /// <param name="pidfd">Its descriptor.</param>
    /// <param name="timeoutMilliseconds">How long; -1 for ever.</param>
    /// <returns>Whether it has; false also when the wait ended early, by a signal.</returns>
    /// <exception cref="ObjectDisposedException">The descriptor is closed.</exception>
    internal static bool ForEnd(SafeHandle pidfd, int timeoutMilliseconds) => DescriptorIO.WaitReadable(pidfd, timeoutMilliseconds);

    /// <summary>Gives the system a moment for something that is not announced by any event.</summary>
    /// <param name="milliseconds">How long.</param>
    internal static void Pause(int milliseconds) => _ = Interop.Libc.poll(null, 0, milliseconds);
}
