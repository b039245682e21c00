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
    internal static bool ForEnd(SafeHandle pidfd, int timeoutMilliseconds)
    {
        bool held = false;
        try
        {
            pidfd.DangerousAddRef(ref held);
            var item = new Interop.Libc.PollDescriptor
            {
                Descriptor = (int)pidfd.DangerousGetHandle(),
                Requested = Interop.Libc.POLLIN,
            };
            int count = Interop.Libc.poll(&item, 1, timeoutMilliseconds);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
            {
                throw NativeError.LastException("Waiting for a process failed");
            }

            return count > 0;
        }
        finally
        {
            if (held)
            {
                pidfd.DangerousRelease();
            }
        }
    }

    /// <summary>Gives the system a moment for something that is not announced by any event.</summary>
    /// <param name="milliseconds">How long.</param>
    internal static void Pause(int milliseconds) => _ = Interop.Libc.poll(null, 0, milliseconds);
}
