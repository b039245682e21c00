namespace Telar.Serialization;

/// <summary>A type together with its name on the wire and, once asked for, its codec.</summary>
internal sealed class TypeSymbol(Type type, byte[] name)
{
    private ObjectCodec? _codec;

    internal Type Type { get; } = type;

    internal byte[] Name { get; } = name;

    internal ObjectCodec Codec => _codec ??= ObjectCodecs.For(Type);
}
