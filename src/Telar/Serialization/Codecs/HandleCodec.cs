using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>Objects of which a handle travels.</summary>
[StackTraceHidden]
internal sealed class HandleCodec<T>() : ObjectCodec(typeof(T))
    where T : class, IHandleSendable<T>
{
    internal override void WriteBody(GraphEncoder encoder, object value, int id) => ((T)value).WriteHandle(encoder);

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id) => T.ReadHandle(decoder);
}
