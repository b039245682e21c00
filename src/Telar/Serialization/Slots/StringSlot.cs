using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>A string or null. Strings are values: two references to one string arrive as two equal strings.</summary>
[StackTraceHidden]
internal sealed class StringSlot : SlotOf<string?>
{
    internal override void Write(GraphEncoder encoder, string? value) => encoder.Writer.WriteString(value);

    internal override string? Read(GraphDecoder decoder) => decoder.ReadString();
}
