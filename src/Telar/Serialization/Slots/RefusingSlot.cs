using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>A struct that may not be sent. Making the slot is harmless: the place may be one that nobody uses.</summary>
[StackTraceHidden]
internal sealed class RefusingSlot<T>(Refusal refusal) : SlotOf<T>
{
    internal override Refusal? Refusal => refusal;

    internal override void Write(GraphEncoder encoder, T value) => throw encoder.Refuse(refusal);

    internal override T Read(GraphDecoder decoder) => throw decoder.Refuse(refusal);
}
