using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>A slot without boxing.</summary>
[StackTraceHidden]
internal abstract class SlotOf<T> : Slot
{
    internal abstract void Write(GraphEncoder encoder, T value);

    internal abstract T Read(GraphDecoder decoder);

    internal override void WriteBoxed(GraphEncoder encoder, object? value) => Write(encoder, (T)value!); // null only for slots that take it

    internal override object? ReadBoxed(GraphDecoder decoder) => Read(decoder);
}
