using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>A value type that is written and read by a pair of functions.</summary>
[StackTraceHidden]
internal sealed class FuncSlot<T>(Action<GraphEncoder, T> write, Func<GraphDecoder, T> read) : SlotOf<T>
{
    internal override void Write(GraphEncoder encoder, T value) => write(encoder, value);

    internal override T Read(GraphDecoder decoder) => read(decoder);
}
