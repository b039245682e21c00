using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Telar.Multiprocessing;

/// <summary>Where a <see cref="Listener"/> listens and a <see cref="Client"/> connects to.</summary>
/// <remarks>
/// Python: the address formats of <c>multiprocessing.connection</c>: a tuple, a path, or <c>\\.\pipe\name</c>.
/// <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record Address
{
    private const string PipePrefix = @"\\";

    // The kernel's limit, with the zero at the end.
    private const int MaxPathBytes = 107;

    private Address(AddressKind kind, string path, int port)
    {
        Kind = kind;
        Path = path;
        Port = port;
    }

    /// <summary>Gets what the address names.</summary>
    public AddressKind Kind { get; }

    /// <summary>Gets the host, the path of the Unix socket, or the name of the pipe; an abstract name begins with a zero character, as in Python.</summary>
    public string Path { get; }

    /// <summary>Gets the TCP port; 0 for other kinds, and for a listener that shall choose a free one.</summary>
    public int Port { get; }

    internal bool IsAbstract => Kind == AddressKind.Unix && Path.StartsWith('\0');

    /// <summary>Names a TCP port.</summary>
    /// <param name="host">A name or an address, of IPv4 or IPv6, without brackets. An empty one is for listeners: all of this machine's addresses.</param>
    /// <param name="port">0 to 65535; 0 lets a listener choose a free one.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    /// <remarks>Python: <c>(host, port)</c>. There a client cannot connect to an IPv6 address; here both can.</remarks>
    public static Address Inet(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        return new Address(AddressKind.Inet, host, port);
    }

    /// <summary>Names a Unix socket.</summary>
    /// <param name="path">The path, at most 107 bytes of UTF-8; or an abstract name, which begins with a zero character.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">The path is empty or too long.</exception>
    public static Address Unix(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int length = Encoding.UTF8.GetByteCount(path);
        return length <= MaxPathBytes
            ? new Address(AddressKind.Unix, path, 0)
            : throw new ArgumentException($"The path of a Unix socket has at most {MaxPathBytes} bytes, and this one has {length}: '{path}'. Use a shorter folder.", nameof(path));
    }

    /// <summary>Names an abstract Unix socket: it has no file, and is gone with its listener.</summary>
    /// <param name="name">The name, without the zero that begins it in Python. Every user of the machine can connect: use a key.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public static Address Abstract(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Unix("\0" + name);
    }

    /// <summary>Names a pipe of Windows. No listener and no client of Telar can use it yet; they say so.</summary>
    /// <param name="name">The name, such as <c>\\.\pipe\mine</c>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">The name does not begin with two backslashes.</exception>
    public static Address Pipe(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(PipePrefix, StringComparison.Ordinal)
            ? new Address(AddressKind.Pipe, name, 0)
            : throw new ArgumentException($@"'{name}' is no pipe: such a name begins with two backslashes, as in \\.\pipe\mine.", nameof(name));
    }

    /// <summary>Says the address for people.</summary>
    /// <returns>Such as <c>127.0.0.1:5000</c>, <c>[::1]:5000</c>, <c>unix:/run/mine</c>, <c>unix:@mine</c>.</returns>
    public override string ToString() => Kind switch
    {
        AddressKind.Inet => string.Create(CultureInfo.InvariantCulture, $"{(Path.Contains(':', StringComparison.Ordinal) ? $"[{Path}]" : Path)}:{Port}"),
        AddressKind.Unix => IsAbstract ? $"unix:@{Path[1..]}" : $"unix:{Path}",
        _ => Path,
    };

    /// <summary>The address of one end of a TCP connection.</summary>
    internal static Address Of(EndPoint end)
    {
        var ip = (IPEndPoint)end;
        return Inet(ip.Address.ToString(), ip.Port);
    }

    internal void ThrowIfUnusable()
    {
        ConnectionPlatform.ThrowIfMissing();
        if (Kind == AddressKind.Pipe)
        {
            throw new PlatformNotSupportedException($"'{Path}' is a named pipe, which only Windows has. On Linux use Address.Unix or Address.Inet.");
        }
    }

    internal EndPoint UnixEnd() => new UnixDomainSocketEndPoint(Path);
}
