using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>A pointer, which generic code cannot even mention.</summary>
[StackTraceHidden]
internal sealed class PointerSlot(Type type) : Slot
{
    internal override Refusal? Refusal { get; } =
        new(type, "an address means nothing in another process", "Send the data it points to.");

    internal override void WriteBoxed(GraphEncoder encoder, object? value) => throw encoder.Refuse(Refusal!); // not null: set above

    internal override object? ReadBoxed(GraphDecoder decoder) => throw decoder.Refuse(Refusal!); // not null: set above
}
