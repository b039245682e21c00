using System.Diagnostics;

namespace Telar.Serialization;

[StackTraceHidden]
internal sealed class NullableSlot<T> : SlotOf<T?>
    where T : struct
{
    private readonly SlotOf<T> _inner = Slots.Of<T>();

    internal override Refusal? Refusal => _inner.Refusal;

    internal override void Write(GraphEncoder encoder, T? value)
    {
        encoder.Writer.WriteByte(value.HasValue ? (byte)1 : (byte)0);
        if (value.HasValue)
        {
            _inner.Write(encoder, value.GetValueOrDefault());
        }
    }

    internal override T? Read(GraphDecoder decoder) => decoder.Reader.ReadBoolean() ? _inner.Read(decoder) : null;
}
