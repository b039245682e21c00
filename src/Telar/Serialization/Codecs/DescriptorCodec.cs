using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>Objects that travel as descriptors beside the payload, which has their numbers in order of appearance.</summary>
[StackTraceHidden]
internal sealed class DescriptorCodec<T>() : ObjectCodec(typeof(T))
    where T : class, IDescriptorHolder<T>
{
    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        if (encoder.Context?.Descriptors is not { } descriptors)
        {
            throw encoder.Refuse(new Refusal(
                typeof(T),
                "its descriptor cannot go along on this way",
                "Descriptors go with the arguments of a call of a process pool, and over a connection between two processes of one machine."));
        }

        T holder = (T)value;
        encoder.Writer.WriteVar((uint)descriptors.Count);
        encoder.Writer.WriteByte(holder.Traits);
        descriptors.Add(holder.Descriptor);
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        ulong index = decoder.Reader.ReadVar();
        byte traits = decoder.Reader.ReadByte();
        if (index > int.MaxValue || decoder.Context?.TakeDescriptor is not { } take)
        {
            throw decoder.Reader.Invalid("no descriptor from outside the payload, since none came with it");
        }

        SafeHandle descriptor = take((int)index) ?? throw decoder.Reader.Invalid("the number of a descriptor that came along and was not taken yet");
        try
        {
            return T.Adopt(descriptor, traits);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }
}
