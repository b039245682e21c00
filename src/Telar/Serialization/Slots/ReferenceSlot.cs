using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>A place for references to a class or interface: null, an object that was there before, or a new one.</summary>
[StackTraceHidden]
internal sealed class ReferenceSlot<T> : SlotOf<T>
{
    // The codec of the last object seen: most places hold objects of one type.
    private ObjectCodec? _last;

    internal override void Write(GraphEncoder encoder, T value)
    {
        if (value is null)
        {
            encoder.Writer.WriteByte((byte)ReferenceMarker.Null);
            return;
        }

        Type type = value.GetType();
        ObjectCodec? codec = _last;
        if (codec is null || codec.RuntimeType != type)
        {
            codec = ObjectCodecs.For(type);
            _last = type.IsCollectible ? null : codec; // this slot may outlive the type's load context
        }

        encoder.WriteReference(value, codec, typeof(T));
    }

    internal override T Read(GraphDecoder decoder)
    {
        object? value = decoder.ReadReference(typeof(T));
        return value is null or T
            ? Unsafe.As<object?, T>(ref value)
            : throw decoder.Reader.Invalid($"an object that fits a place of type {TypeNames.Of(typeof(T))}, not {TypeNames.Of(value.GetType())}");
    }
}
