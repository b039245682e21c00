using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <summary>Runs a <see cref="Handshake"/> on a connection, which is closed when it fails.</summary>
internal static class HandshakeRun
{
    /// <summary>Runs it in the calling thread.</summary>
    /// <exception cref="AuthenticationException">It failed, or was not over in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static void Run(Connection connection, ConnectionOptions options, bool listens, CancellationToken cancellationToken)
    {
        if (options.AuthKey is not { } key)
        {
            return;
        }

        WaitDeadline deadline = WaitDeadline.After(options.HandshakeTimeout);
        var handshake = new Handshake(key, listens, options.AllowMd5);
        try
        {
            byte[]? next = handshake.Begin();
            while (true)
            {
                if (next is not null)
                {
                    connection.SendBytes(next, deadline.Remaining, cancellationToken);
                }

                if (IsOver(handshake, connection))
                {
                    return;
                }

                connection.AcknowledgeAtOnce();
                next = handshake.Next(connection.RecvBytes(Handshake.MaxMessageLength, deadline.Remaining, cancellationToken));
            }
        }
        catch (Exception exception)
        {
            connection.Dispose();
            throw Explain(exception, connection, options);
        }
    }

    /// <summary>Runs it without holding a thread.</summary>
    /// <inheritdoc cref="Run"/>
    internal static async ValueTask RunAsync(Connection connection, ConnectionOptions options, bool listens, CancellationToken cancellationToken)
    {
        if (options.AuthKey is not { } key)
        {
            return;
        }

        WaitDeadline deadline = WaitDeadline.After(options.HandshakeTimeout);
        var handshake = new Handshake(key, listens, options.AllowMd5);
        try
        {
            byte[]? next = handshake.Begin();
            while (true)
            {
                if (next is not null)
                {
                    await connection.SendBytesAsync(next, deadline.Remaining, cancellationToken).ConfigureAwait(false);
                }

                if (IsOver(handshake, connection))
                {
                    return;
                }

                connection.AcknowledgeAtOnce();
                next = handshake.Next(await connection.RecvBytesAsync(Handshake.MaxMessageLength, deadline.Remaining, cancellationToken).ConfigureAwait(false));
            }
        }
        catch (Exception exception)
        {
            connection.Dispose();
            throw Explain(exception, connection, options);
        }
    }

    private static bool IsOver(Handshake handshake, Connection connection)
    {
        if (handshake.Fault is { } fault)
        {
            throw new AuthenticationException($"The other side of this connection ({connection.Name}) was not authenticated: {fault}.");
        }

        return handshake.IsDone;
    }

    private static Exception Explain(Exception exception, Connection connection, ConnectionOptions options) => exception switch
    {
        TimeoutException => new AuthenticationException(
            $"The other side of this connection ({connection.Name}) did not authenticate itself within {options.HandshakeTimeout.TotalSeconds:0.##} s. "
            + "Perhaps it was made without a key, or is no program that uses multiprocessing.",
            exception),
        EndOfStreamException => new AuthenticationException(
            $"The other side of this connection ({connection.Name}) closed it in place of authenticating itself. Perhaps it was made without a key, or its key differs.",
            exception),
        IOException or InvalidDataException => new AuthenticationException(
            $"The other side of this connection ({connection.Name}) was not authenticated: {exception.Message}", exception),
        _ => exception,
    };
}
