using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Boxed structs. The box of one with references has an identity that matters: a method group on it may change it.</summary>
[StackTraceHidden]
internal sealed class BoxCodec<T>() : ObjectCodec(typeof(T))
    where T : struct
{
    private readonly SlotOf<T> _slot = Slots.Of<T>();

    internal override bool IsTracked { get; } = !typeof(T).IsPrimitive && !typeof(T).IsEnum && !Framework.IsCore(typeof(T));

    internal override void WriteBody(GraphEncoder encoder, object value, int id) => _slot.Write(encoder, Unsafe.Unbox<T>(value));

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id) => _slot.Read(decoder);
}
