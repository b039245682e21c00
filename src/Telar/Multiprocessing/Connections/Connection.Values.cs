using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Waiting;
using Telar.Serialization;

namespace Telar.Multiprocessing;

/// <content>Messages that are values of .NET.</content>
public sealed partial class Connection
{
    private PayloadWriter? _writer;
    private DecodeContext? _decoding;

    /// <summary>Sends a value as one message.</summary>
    /// <param name="value">The value, with everything it refers to. It is copied before anything leaves. Connections in it arrive as ends of the receiver's own.</param>
    /// <param name="timeout">How long to wait while the other end does not read; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SerializationException">A part of the value cannot be sent. Nothing has left.</exception>
    /// <inheritdoc cref="SendBytes" path="/exception"/>
    /// <remarks>Python: <c>Connection.send</c>, which writes a pickle; this writes Telar's own format, which only Telar reads.</remarks>
    /// <typeparam name="T">The type of the value; it travels as what it is at run time.</typeparam>
    public void Send<T>(T value, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginSending();
        try
        {
            (ReadOnlyMemory<byte> message, List<SafeHandle> descriptors) = Encode(value);
            SendMessage(message.Span, CollectionsMarshal.AsSpan(descriptors), deadline, cancellationToken);
        }
        finally
        {
            _writer?.Reset();
            EndSending();
        }
    }

    /// <summary>Sends a value as one message, without holding a thread while the other end does not read.</summary>
    /// <returns>A task that ends when the system has taken all of the message.</returns>
    /// <inheritdoc cref="Send"/>
    public async ValueTask SendAsync<T>(T value, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginSending();
        try
        {
            (ReadOnlyMemory<byte> message, List<SafeHandle> descriptors) = Encode(value);
            await SendMessageAsync(message, [.. descriptors], deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writer?.Reset();
            EndSending();
        }
    }

    /// <summary>Receives one message as a value.</summary>
    /// <param name="timeout">How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The value.</returns>
    /// <exception cref="SerializationException">The message is no value of type <typeparamref name="T"/>: a pickle from Python, bytes, or a value of another type. It is gone; the connection is ready for the next one.</exception>
    /// <exception cref="BuildMismatchException">The sender runs another build of an assembly that the value mentions. The message is gone; the connection is ready for the next one.</exception>
    /// <exception cref="IOException">This process had no descriptor free for a connection in the value. The message is gone; the connection is ready for the next one.</exception>
    /// <inheritdoc cref="RecvBytes" path="/exception"/>
    /// <remarks>Python: <c>Connection.recv</c>. Unlike with a pickle, reading a message runs no code of the sender's choice; but do not call a delegate that came from somebody you do not trust.</remarks>
    /// <typeparam name="T">What is expected: the type of the value that was sent, or a base type or interface of it.</typeparam>
    public T Recv<T>(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            Receive(MaxMessageLength, own: false, deadline, cancellationToken);
            return Decode<T>();
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Awaits one message as a value.</summary>
    /// <inheritdoc cref="Recv"/>
    public async ValueTask<T> RecvAsync<T>(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            await ReceiveAsync(MaxMessageLength, own: false, deadline, cancellationToken).ConfigureAwait(false);
            return Decode<T>();
        }
        finally
        {
            EndReceiving();
        }
    }

    private (ReadOnlyMemory<byte> Message, List<SafeHandle> Descriptors) Encode(object? value)
    {
        // TCP would drop the descriptors without a word.
        var context = new EncodeContext { CarriesTokens = false, Descriptors = _isLocal ? [] : null };
        _writer ??= new PayloadWriter();
        TypedMessage.Write(_writer, value, context);
        List<SafeHandle> descriptors = context.Descriptors ?? [];
        return descriptors.Count <= SocketIO.MaxDescriptors
            ? (_writer.WrittenMemory, descriptors)
            : throw new SerializationException($"The value holds {descriptors.Count} connections; one message carries at most {SocketIO.MaxDescriptors}. Send it in parts.");
    }

    private T Decode<T>()
    {
        try
        {
            _arrived.ThrowIfLost();
            T value = TypedMessage.Read<T>(_incoming.View, _decoding ??= new DecodeContext { TakeDescriptor = _arrived.Take });
            _arrived.Keep();
            return value;
        }
        finally
        {
            _incoming.Drop();
            _arrived.Clear();
        }
    }
}
