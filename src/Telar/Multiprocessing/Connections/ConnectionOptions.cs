using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <summary>How a <see cref="Client"/> connects; the base of <see cref="ListenerOptions"/>.</summary>
/// <remarks><b>Thread safety.</b> Immutable once made.</remarks>
public class ConnectionOptions
{
    private readonly TimeSpan _handshakeTimeout = TimeSpan.FromSeconds(10);
    private readonly int _maxMessageLength = Connection.DefaultMaxMessageLength;

    /// <summary>Gets the key that both sides must know.</summary>
    /// <value>Default: <see langword="null"/>, no authentication; then anybody who can reach the address is let in.</value>
    public AuthKey? AuthKey { get; init; }

    /// <summary>Gets whether a side that knows only the authentication of CPython up to 3.11 is taken, which uses MD5.</summary>
    /// <value>Default: false.</value>
    public bool AllowMd5 { get; init; }

    /// <summary>Gets how long the other side may take to authenticate itself.</summary>
    /// <value>Default: 10 seconds. <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, as Python does.</value>
    public TimeSpan HandshakeTimeout
    {
        get => _handshakeTimeout;
        init
        {
            WaitDeadline.Check(value);
            _handshakeTimeout = value;
        }
    }

    /// <summary>Gets the <see cref="Connection.MaxMessageLength"/> of the connections.</summary>
    /// <value>Default: 1 GiB.</value>
    public int MaxMessageLength
    {
        get => _maxMessageLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxMessageLength = value;
        }
    }
}
