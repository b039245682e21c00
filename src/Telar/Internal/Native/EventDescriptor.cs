using System.Runtime.InteropServices;

namespace Telar.Internal.Native;

/// <summary>An eventfd: wakes a thread that waits in poll or epoll.</summary>
internal sealed class EventDescriptor : IDisposable
{
    /// <summary>Makes an event that is not set.</summary>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal EventDescriptor()
    {
        Handle = new SafeDescriptor(Interop.Libc.eventfd(0, Interop.Libc.EFD_CLOEXEC | Interop.Libc.EFD_NONBLOCK));
        if (Handle.IsInvalid)
        {
            throw NativeError.LastException("Making an event descriptor failed");
        }
    }

    /// <summary>The descriptor; readable while the event is set.</summary>
    internal SafeDescriptor Handle { get; }

    /// <summary>Sets the event. Never blocks: a counter that is full is set anyway.</summary>
    internal unsafe void Set()
    {
        ulong one = 1;
        if (Interop.Libc.write(Handle, (byte*)&one, sizeof(ulong)) < 0
            && Marshal.GetLastPInvokeError() != Interop.Errno.EAGAIN)
        {
            throw NativeError.LastException("Setting an event descriptor failed");
        }
    }

    /// <summary>Clears the event.</summary>
    /// <returns>Whether it had been set.</returns>
    internal unsafe bool Reset()
    {
        ulong count = 0;
        return Interop.Libc.read(Handle, (byte*)&count, sizeof(ulong)) == sizeof(ulong);
    }

    /// <summary>Closes the descriptor.</summary>
    public void Dispose() => Handle.Dispose();
}
