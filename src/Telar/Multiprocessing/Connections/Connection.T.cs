using System.Runtime.InteropServices;
using Telar.Serialization;

namespace Telar.Multiprocessing;

/// <summary>One end of a connection on which all messages are values of one type.</summary>
/// <remarks>
/// Python has no such class. <b>Thread safety.</b> As <see cref="Connection"/>. <b>Processes.</b> It travels as <see cref="Connection"/> does.
/// </remarks>
/// <typeparam name="T">The type of the values, in both directions.</typeparam>
public sealed class Connection<T> : IWaitable, IHandleSendable<Connection<T>>, IDisposable
{
    /// <summary>Makes it of a connection.</summary>
    /// <param name="connection">The connection, which this object's <see cref="Dispose"/> closes.</param>
    public Connection(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Untyped = connection;
    }

    /// <summary>Gets the connection itself, for everything that is not about values.</summary>
    public Connection Untyped { get; }

    /// <inheritdoc/>
    public SafeHandle SafeHandle => Untyped.SafeHandle;

    void IHandleSendable<Connection<T>>.WriteHandle(GraphEncoder encoder) => Untyped.WriteHandle(encoder, typeof(Connection<T>));

    static Connection<T> IHandleSendable<Connection<T>>.ReadHandle(GraphDecoder decoder) => new(Connection.ReadHandle(decoder));

    /// <inheritdoc cref="Connection.Send{T}"/>
    public void Send(T value, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Untyped.Send(value, timeout, cancellationToken);

    /// <inheritdoc cref="Connection.SendAsync{T}"/>
    public ValueTask SendAsync(T value, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Untyped.SendAsync(value, timeout, cancellationToken);

    /// <inheritdoc cref="Connection.Recv{T}"/>
    public T Recv(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => Untyped.Recv<T>(timeout, cancellationToken);

    /// <inheritdoc cref="Connection.RecvAsync{T}"/>
    public ValueTask<T> RecvAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Untyped.RecvAsync<T>(timeout, cancellationToken);

    /// <inheritdoc cref="Connection.Dispose"/>
    public void Dispose() => Untyped.Dispose();

    /// <inheritdoc cref="Connection.ToString"/>
    public override string ToString() => Untyped.ToString();
}
