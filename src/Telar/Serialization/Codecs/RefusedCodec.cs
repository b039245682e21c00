using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>Objects that stay in their process.</summary>
[StackTraceHidden]
internal sealed class RefusedCodec(Type type, Refusal refusal) : ObjectCodec(type)
{
    internal override Refusal? Refusal => refusal;

    internal override bool IsTracked => false;

    internal override void WriteBody(GraphEncoder encoder, object value, int id) => throw encoder.Refuse(refusal);

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id) => throw decoder.Refuse(refusal);
}
