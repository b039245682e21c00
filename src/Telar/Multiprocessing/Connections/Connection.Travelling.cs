using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Serialization;

namespace Telar.Multiprocessing;

/// <content>A connection that goes to another process, in a value or with a call: its descriptor goes beside the payload.</content>
public sealed partial class Connection
{
    private const byte ReadTrait = 1;
    private const byte WriteTrait = 2;

    void IHandleSendable<Connection>.WriteHandle(GraphEncoder encoder) => WriteHandle(encoder, typeof(Connection));

    static Connection IHandleSendable<Connection>.ReadHandle(GraphDecoder decoder) => ReadHandle(decoder);

    /// <summary>Writes the number of the descriptor and what this end may do.</summary>
    /// <param name="encoder">Where to.</param>
    /// <param name="type">The type to name in a refusal.</param>
    /// <exception cref="SerializationException">Nothing carries descriptors on this way.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    internal void WriteHandle(GraphEncoder encoder, Type type)
    {
        if (encoder.Context?.Descriptors is not { } descriptors)
        {
            throw encoder.Refuse(new Refusal(
                type,
                "its descriptor cannot go along on this way",
                "Descriptors go with the arguments of a call of a process pool, and over a connection between two processes of one machine."));
        }

        encoder.Writer.WriteVar((uint)descriptors.Count);
        encoder.Writer.WriteByte((byte)((CanRead ? ReadTrait : 0) | (CanWrite ? WriteTrait : 0)));
        descriptors.Add(SafeHandle);
    }

    /// <summary>Makes a connection of the descriptor that came along.</summary>
    /// <exception cref="SerializationException">None did, or it is no socket.</exception>
    internal static Connection ReadHandle(GraphDecoder decoder)
    {
        ulong index = decoder.Reader.ReadVar();
        byte traits = decoder.Reader.ReadByte();
        if (index > int.MaxValue || decoder.Context?.TakeDescriptor is not { } take)
        {
            throw decoder.Reader.Invalid("no descriptor from outside the payload, since none came with it");
        }

        SafeHandle socket = take((int)index) ?? throw decoder.Reader.Invalid("the number of a descriptor that came along and was not taken yet");
        int family = SocketIO.FamilyOf(socket);
        return family >= 0 && traits is > 0 and <= (ReadTrait | WriteTrait)
            ? new Connection(
                socket,
                family == Interop.Libc.AF_UNIX,
                (traits & ReadTrait) != 0,
                (traits & WriteTrait) != 0,
                $"descriptor {socket.DangerousGetHandle()}, from another process")
            : throw new SerializationException("What came as the descriptor of a connection is no socket, or one that may neither receive nor send.");
    }
}
