using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Cryptography;
using Telar.Internal.Native;
using Telar.Queues;

namespace Telar.Multiprocessing;

// Data flow
//
//   socket --accept--> a place (MaxWaiting) --handshake, each by itself--> _outcomes --Accept--> caller
//
// Invariants
//   I1  A client that is silent, slow or wrong occupies one place, for HandshakeTimeout at most; nobody waits for it but the caller of
//       Accept when there is nothing else.
//   I2  A place is taken before a client is accepted and given back when its outcome is taken or thrown away: so no more than MaxWaiting
//       connections lie here.
//   I3  After an accept that failed, nothing is accepted until a caller has been told: a lack of descriptors does not make it spin.
// Locks
//   _gate guards the start of the pump and _lastAccepted; nothing else runs under it.
// Ownership
//   A connection is the listener's until Accept returns it. Dispose closes the others, the socket, and the file that the socket made.

/// <summary>Lets other processes connect: by a Unix socket or by TCP, with or without a key.</summary>
/// <remarks>
/// <para>
/// Clients are accepted, and authenticate themselves, in the background from the first <see cref="Accept"/> on, each for itself: one that is
/// slow or silent does not hold up the others.
/// </para>
/// <para>Python: <c>multiprocessing.connection.Listener</c>. Linux only. Unlike Python's, it must be disposed.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public sealed class Listener : IDisposable
{
    private readonly ListenerOptions _options;
    private readonly Socket _socket;
    private readonly ReadyWaiter _waiter;
    private readonly SimpleQueue<Outcome> _outcomes = new();
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stop = new();
    private readonly System.Threading.Lock _gate = new();
    private readonly string? _folder;
    private Task? _pump;
    private Address? _lastAccepted;
    private int _closed;

    /// <summary>Begins to listen. Clients can connect from now on, and wait until they are accepted.</summary>
    /// <param name="address">Where; <see langword="null"/> for a Unix socket with a random name in a folder of its own, which only this user can open.</param>
    /// <param name="options">The key and more; <see langword="null"/> for the defaults, without a key.</param>
    /// <exception cref="IOException">The address is in use or not this machine's, or the system refused it.</exception>
    /// <exception cref="PlatformNotSupportedException">Such an address, or any, does not work on this system.</exception>
    /// <remarks>Python: <c>Listener(address, family, backlog, authkey)</c>.</remarks>
    public Listener(Address? address = null, ListenerOptions? options = null)
    {
        ConnectionPlatform.ThrowIfMissing();
        address?.ThrowIfUnusable();
        _options = options ?? new ListenerOptions();
        _places = new SemaphoreSlim(_options.MaxWaiting);
        if (address is null)
        {
            _folder = Directory.CreateTempSubdirectory("telar-").FullName;
            address = Address.Unix(Path.Combine(_folder, $"listener-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"));
        }

        try
        {
            _socket = ListeningSocket.Open(address, _options.Backlog);
        }
        catch
        {
            RemoveFolder();
            throw;
        }

        _waiter = new ReadyWaiter(_socket.SafeHandle, this);
        Address = address.Kind == AddressKind.Unix ? address : Address.Of(_socket.LocalEndPoint!); // not null: it is bound
    }

    /// <summary>Gets where this listener listens, with the port that the system chose.</summary>
    /// <remarks>Python: <c>Listener.address</c>.</remarks>
    public Address Address { get; }

    /// <summary>Gets the address of the client that <see cref="Accept"/> returned last.</summary>
    /// <value><see langword="null"/> when there was none, or when it has no address, as clients of Unix sockets.</value>
    /// <remarks>Python: <c>Listener.last_accepted</c>.</remarks>
    public Address? LastAccepted
    {
        get
        {
            lock (_gate)
            {
                return _lastAccepted;
            }
        }
    }

    /// <summary>Waits for a client that has connected, and knows the key if there is one.</summary>
    /// <param name="timeout">How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> to look only.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The connection, which is the caller's.</returns>
    /// <exception cref="AuthenticationException">A client did not know the key, or did not show it in time; its connection is closed. Call again for the next one.</exception>
    /// <exception cref="IOException">Accepting failed, for lack of descriptors most often. The listener goes on: call again.</exception>
    /// <exception cref="TimeoutException">Nobody came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The listener is closed.</exception>
    /// <remarks>Python: <c>Listener.accept</c>, which waits for ever for a silent client.</remarks>
    public Connection Accept(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        EnsurePump();
        try
        {
            return Take(_outcomes.Get(timeout, cancellationToken));
        }
        catch (QueueEmptyException)
        {
            throw NobodyCame();
        }
        catch (QueueShutDownException)
        {
            throw new ObjectDisposedException(nameof(Listener));
        }
    }

    /// <summary>Awaits a client that has connected, and knows the key if there is one.</summary>
    /// <inheritdoc cref="Accept"/>
    public async ValueTask<Connection> AcceptAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        EnsurePump();
        try
        {
            return Take(await _outcomes.GetAsync(timeout, cancellationToken).ConfigureAwait(false));
        }
        catch (QueueEmptyException)
        {
            throw NobodyCame();
        }
        catch (QueueShutDownException)
        {
            throw new ObjectDisposedException(nameof(Listener));
        }
    }

    /// <summary>Ends listening, closes the connections that nobody has accepted yet, and removes the file of the Unix socket.</summary>
    /// <remarks>
    /// Who waits in <see cref="Accept"/> gets an <see cref="ObjectDisposedException"/>. May be called again. Python: <c>Listener.close</c>.
    /// </remarks>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        _stop.Cancel();
        _waiter.Close();
        _socket.Dispose(); // Removes the file of a Unix socket, too.
        _outcomes.Shutdown();
        while (_outcomes.TryGet(out Outcome? left))
        {
            left.Connection?.Dispose();
        }

        RemoveFolder();
    }

    private TimeoutException NobodyCame() => new($"Nobody connected to {Address} in time{(_options.AuthKey is null ? "" : " and showed the key")}.");

    private void EnsurePump()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
            _pump ??= Task.Run(PumpAsync);
        }
    }

    private Connection Take(Outcome outcome)
    {
        _ = _places.Release();
        outcome.Taken.TrySetResult();
        if (outcome.Failure is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            _lastAccepted = outcome.Peer;
        }

        return outcome.Connection!; // not null: it has not failed
    }

    [SuppressMessage("Reliability", "CA2025", Justification = "A handshake ends at the latest when its connection, which Dispose closes by the token, does.")]
    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
                Outcome outcome = await AcceptNextAsync().ConfigureAwait(false);
                if (outcome.Connection is { } connection)
                {
                    _ = FinishAsync(connection, outcome.Peer);
                    continue;
                }

                Tell(outcome);
                await outcome.Taken.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // Dispose: nobody is accepted any more.
        }
    }

    private async Task<Outcome> AcceptNextAsync()
    {
        while (true)
        {
            _ = await _waiter.WaitReadableAsync(Internal.Waiting.WaitDeadline.Never, _stop.Token).ConfigureAwait(false);
            try
            {
                if (AcceptedSocket.TryTake(_socket, Address, _options.MaxMessageLength, out Address? peer) is { } connection)
                {
                    return new Outcome(connection, peer, null);
                }
            }
            catch (IOException exception)
            {
                return new Outcome(null, null, exception);
            }
        }
    }

    private async Task FinishAsync(Connection connection, Address? peer)
    {
        try
        {
            await HandshakeRun.RunAsync(connection, _options, listens: true, _stop.Token).ConfigureAwait(false);
            Tell(new Outcome(connection, peer, null));
        }
        catch (Exception exception)
        {
            Tell(new Outcome(null, peer, exception));
        }
    }

    private void Tell(Outcome outcome)
    {
        try
        {
            _outcomes.Put(outcome);
        }
        catch (QueueShutDownException)
        {
            outcome.Connection?.Dispose();
        }
    }

    private void RemoveFolder()
    {
        try
        {
            if (_folder is not null)
            {
                Directory.Delete(_folder, recursive: true);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has tidied up before.
        }
    }

    // What became of a client.
    private sealed record Outcome(Connection? Connection, Address? Peer, Exception? Failure)
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
