using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>Immutable objects that are made from their content in one go, by a pair of functions.</summary>
[StackTraceHidden]
internal sealed class ValueCodec<T>(Action<GraphEncoder, T> write, Func<GraphDecoder, T> read, Type? runtimeType = null, Type? wireType = null, bool tracked = false)
    : ObjectCodec(runtimeType ?? typeof(T))
    where T : class
{
    internal override Type WireType { get; } = wireType ?? typeof(T);

    internal override bool IsTracked => tracked;

    internal override void WriteBody(GraphEncoder encoder, object value, int id) => write(encoder, (T)value);

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id) => read(decoder);
}
