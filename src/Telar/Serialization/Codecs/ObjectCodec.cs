using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>How objects of one type are written and read.</summary>
[StackTraceHidden]
internal abstract class ObjectCodec(Type runtimeType)
{
    private TypeSymbol? _symbol;

    /// <summary>The type of the objects.</summary>
    internal Type RuntimeType { get; } = runtimeType;

    /// <summary>The type that is named on the wire: another one if the platform has several private classes for one public kind of object.</summary>
    internal virtual Type WireType => RuntimeType;

    /// <summary>Whether two references to one object arrive as such. Without it, objects are plain values.</summary>
    internal virtual bool IsTracked => true;

    /// <summary>Whether the object can be made before its content is known, so that the content may refer back to it or come later.</summary>
    internal virtual bool HasShell => false;

    /// <summary>Why such objects cannot be sent, if that is so.</summary>
    internal virtual Refusal? Refusal => null;

    internal TypeSymbol Symbol => _symbol ??= SymbolNames.Of(WireType);

    /// <summary>Writes what <see cref="CreateShell"/> needs.</summary>
    internal virtual void WriteHead(GraphEncoder encoder, object value)
    {
    }

    internal virtual object CreateShell(GraphDecoder decoder, int id) => throw new InvalidOperationException($"{GetType().Name} has no shell.");

    internal abstract void WriteBody(GraphEncoder encoder, object value, int id);

    /// <summary>Reads the content into <paramref name="shell"/>, or makes the object if there is none.</summary>
    internal abstract object ReadBody(GraphDecoder decoder, object? shell, int id);
}
