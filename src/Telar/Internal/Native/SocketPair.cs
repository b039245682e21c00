using System.Net.Sockets;

namespace Telar.Internal.Native;

/// <summary>Two connected Unix stream sockets, both close-on-exec: one to keep, one for a child.</summary>
/// <remarks>Each end can become a <see cref="Socket"/>, or be used by <see cref="DescriptorIO"/> as it is.</remarks>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(SafeSocketHandle mine, SafeSocketHandle theirs)
    {
        Mine = mine;
        Theirs = theirs;
    }

    /// <summary>The end to keep.</summary>
    internal SafeSocketHandle Mine { get; }

    /// <summary>The end for the child; close it here after the start, or the child's end is never seen as end-of-file.</summary>
    internal SafeSocketHandle Theirs { get; }

    /// <summary>Makes a pair.</summary>
    /// <returns>The pair; the caller disposes it, or each end by itself.</returns>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static unsafe SocketPair Create()
    {
        int* ends = stackalloc int[2];
        int type = Interop.Libc.SOCK_STREAM | Interop.Libc.SOCK_CLOEXEC;
        if (Interop.Libc.socketpair(Interop.Libc.AF_UNIX, type, 0, ends) != 0)
        {
            throw NativeError.LastException("Making a pair of sockets failed");
        }

        return new SocketPair(new SafeSocketHandle(ends[0], ownsHandle: true), new SafeSocketHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Closes both ends; an end that is closed already stays so.</summary>
    public void Dispose()
    {
        Mine.Dispose();
        Theirs.Dispose();
    }
}
