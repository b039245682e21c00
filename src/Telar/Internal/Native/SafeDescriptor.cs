using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>Owns a Unix file descriptor that is neither a file nor a socket to .NET: a pidfd, an epoll set, an eventfd.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over a descriptor.</summary>
    /// <param name="descriptor">The open descriptor, which this object closes; -1, the answer of a call that failed, is an invalid handle.</param>
    public SafeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    // A failed close leaves nothing to do: on Linux the number is free again even after EINTR.
    protected override bool ReleaseHandle() => Interop.Libc.close((int)handle) == 0;
}
