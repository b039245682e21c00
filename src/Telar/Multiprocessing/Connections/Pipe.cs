using Telar.Internal.Native;

namespace Telar.Multiprocessing;

/// <summary>Makes two connections that are the two ends of one pipe.</summary>
/// <remarks>
/// The ends are sockets in both kinds, so all members of <see cref="Connection"/> work on both.
/// Python: <c>multiprocessing.Pipe</c>. Linux only. <b>Thread safety.</b> All members may be used from any thread.
/// </remarks>
public static class Pipe
{
    /// <summary>Makes a pipe.</summary>
    /// <param name="duplex">True for two ends that can both send and receive; false for one that receives and one that sends.</param>
    /// <returns>The two ends; when the pipe is one-way, the first receives and the second sends. The caller disposes each.</returns>
    /// <exception cref="IOException">This process has no descriptors left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public static (Connection First, Connection Second) Create(bool duplex = true)
    {
        ConnectionPlatform.ThrowIfMissing();
        SocketPair pair = SocketPair.Create();
        return (new Connection(pair.Mine, isLocal: true, canRead: true, canWrite: duplex, "first end of a pipe"),
            new Connection(pair.Theirs, isLocal: true, canRead: duplex, canWrite: true, "second end of a pipe"));
    }

    /// <summary>Makes a pipe on which all messages are values of one type.</summary>
    /// <typeparam name="T">The type of the values, in both directions.</typeparam>
    /// <inheritdoc cref="Create(bool)"/>
    public static (Connection<T> First, Connection<T> Second) Create<T>(bool duplex = true)
    {
        (Connection first, Connection second) = Create(duplex);
        return (new Connection<T>(first), new Connection<T>(second));
    }
}
