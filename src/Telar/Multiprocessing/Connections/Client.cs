using System.Net;
using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <summary>Connects to a <see cref="Listener"/>, of Telar or of CPython.</summary>
/// <remarks>
/// Python: <c>multiprocessing.connection.Client</c>. Linux only. <b>Thread safety.</b> All members may be used from any thread.
/// </remarks>
public static class Client
{
    private static readonly ConnectionOptions s_defaults = new();

    /// <summary>Connects, and authenticates both sides when there is a key.</summary>
    /// <param name="address">Where the listener listens.</param>
    /// <param name="options">The key and more; <see langword="null"/> for the defaults, without a key.</param>
    /// <param name="timeout">How long connecting may take, without the authentication; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for as long as the system tries.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The connection, which is the caller's.</returns>
    /// <exception cref="IOException">Nobody listens there, the host has no address, or the way there failed.</exception>
    /// <exception cref="AuthenticationException">One of the two sides does not know the key, or did not show it in time. The connection is closed.</exception>
    /// <exception cref="TimeoutException">The listener did not take the connection in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The connection is closed.</exception>
    /// <exception cref="PlatformNotSupportedException">Such an address, or any, does not work on this system.</exception>
    /// <remarks>Python: <c>Client(address, family, authkey)</c>, which waits for ever for a silent listener.</remarks>
    public static Connection Connect(
        Address address, ConnectionOptions? options = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        options ??= s_defaults;
        WaitDeadline deadline = WaitDeadline.After(timeout);
        address.ThrowIfUnusable();
        EndPoint[] ends = address.Kind == AddressKind.Unix
            ? [address.UnixEnd()]
            : EndsOf(HostNames.Find(address, "Connecting to"), address.Port);
        Connection connection = Dial(address, ends, options, deadline, cancellationToken);
        HandshakeRun.Run(connection, options, listens: false, cancellationToken);
        return connection;
    }

    /// <summary>Connects, and authenticates both sides when there is a key, without holding a thread.</summary>
    /// <inheritdoc cref="Connect"/>
    public static async ValueTask<Connection> ConnectAsync(
        Address address, ConnectionOptions? options = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        options ??= s_defaults;
        WaitDeadline deadline = WaitDeadline.After(timeout);
        address.ThrowIfUnusable();
        EndPoint[] ends = address.Kind == AddressKind.Unix
            ? [address.UnixEnd()]
            : EndsOf(await HostNames.FindAsync(address, "Connecting to", cancellationToken).ConfigureAwait(false), address.Port);
        Connection connection = await DialAsync(address, ends, options, deadline, cancellationToken).ConfigureAwait(false);
        await HandshakeRun.RunAsync(connection, options, listens: false, cancellationToken).ConfigureAwait(false);
        return connection;
    }

    private static Connection Dial(
        Address address, EndPoint[] ends, ConnectionOptions options, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            using var attempt = new ConnectAttempt(address, ends[i]);
            try
            {
                for (ConnectStep step; (step = attempt.Advance()) != ConnectStep.Connected;)
                {
                    ThrowIfOver(address, deadline, cancellationToken);
                    _ = step == ConnectStep.Answer
                        ? attempt.Waiter.WaitWritable(deadline, cancellationToken)
                        : cancellationToken.WaitHandle.WaitOne(attempt.NextPause());
                }

                return attempt.Take(options.MaxMessageLength);
            }
            catch (IOException) when (i + 1 < ends.Length)
            {
                // A host may have several addresses, and listen on one.
            }
        }
    }

    private static async ValueTask<Connection> DialAsync(
        Address address, EndPoint[] ends, ConnectionOptions options, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            using var attempt = new ConnectAttempt(address, ends[i]);
            try
            {
                for (ConnectStep step; (step = attempt.Advance()) != ConnectStep.Connected;)
                {
                    ThrowIfOver(address, deadline, cancellationToken);
                    if (step == ConnectStep.Answer)
                    {
                        _ = await attempt.Waiter.WaitWritableAsync(deadline, cancellationToken).ConfigureAwait(false);
                    }
                    else
                    {
                        await Task.Delay(attempt.NextPause(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
                    }
                }

                return attempt.Take(options.MaxMessageLength);
            }
            catch (IOException) when (i + 1 < ends.Length)
            {
                // A host may have several addresses, and listen on one.
            }
        }
    }

    private static void ThrowIfOver(Address address, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (deadline.IsOver)
        {
            throw new TimeoutException($"The listener at {address} did not take the connection in time: it accepts nobody, or is not reached.");
        }
    }

    private static EndPoint[] EndsOf(IPAddress[] hosts, int port) => Array.ConvertAll(hosts, host => new IPEndPoint(host, port));
}
