namespace Telar.Multiprocessing;

/// <summary>What an <see cref="Address"/> names.</summary>
/// <remarks>Python: the families <c>'AF_INET'</c>, <c>'AF_INET6'</c>, <c>'AF_UNIX'</c> and <c>'AF_PIPE'</c>.</remarks>
public enum AddressKind
{
    /// <summary>A host and a TCP port, by IPv4 or IPv6.</summary>
    Inet,

    /// <summary>A Unix socket: a file, or an abstract name of Linux.</summary>
    Unix,

    /// <summary>A named pipe of Windows.</summary>
    Pipe,
}
