using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>A struct whose memory is its value (see <see cref="SendPolicy.IsRaw"/>).</summary>
[StackTraceHidden]
internal sealed class RawSlot<T> : SlotOf<T>
{
    internal override void Write(GraphEncoder encoder, T value) =>
        encoder.Writer.WriteBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref value), Unsafe.SizeOf<T>()));

    internal override T Read(GraphDecoder decoder) =>
        Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(decoder.Reader.ReadBytes(Unsafe.SizeOf<T>())));

    // As in the base class. Ahead-of-time compilation covers the methods of this class for the common numbers, but not inherited ones.
    internal override void WriteBoxed(GraphEncoder encoder, object? value) => Write(encoder, (T)value!); // not null: a struct

    internal override object? ReadBoxed(GraphDecoder decoder) => Read(decoder);
}
