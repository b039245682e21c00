using System.Diagnostics;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>Delegates: the identity of the method, and the target as any other object.</summary>
[StackTraceHidden]
internal sealed class DelegateCodec(Type type) : ObjectCodec(type)
{
    private readonly Refusal? _refusal = type.IsAbstract || SymbolNames.Judge(type) is not null
        ? new Refusal(type, "it is not a delegate type that was compiled", "Use Func, Action or a delegate type of your own.")
        : null;

    internal override Refusal? Refusal => _refusal;

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        var function = (Delegate)value;
        if (!function.HasSingleTarget)
        {
            WriteMulticast(encoder, function);
            return;
        }

        object? target = function.Target;
        MethodInfo method = function.Method;
        if (target is null && method.DeclaringType == RuntimeType)
        {
            throw encoder.Refuse(new Refusal(RuntimeType, "it wraps a native function pointer", "Call the native function inside a lambda."));
        }

        MethodSymbol symbol = SymbolNames.Of(method);
        DelegateKind kind = target is null ? DelegateKind.Open : symbol.StatelessHolder is not null ? DelegateKind.Stateless : DelegateKind.Closed;
        encoder.Writer.WriteByte((byte)kind);
        encoder.WriteSymbol(symbol.Name, symbol);
        if (kind == DelegateKind.Closed)
        {
            WriteTarget(encoder, function, target!, symbol, id); // not null: closed
        }
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        var kind = (DelegateKind)decoder.Reader.ReadByte();
        if (kind == DelegateKind.Multicast)
        {
            return ReadMulticast(decoder);
        }

        MethodSymbol symbol = decoder.ReadMethodSymbol();
        switch (kind)
        {
            case DelegateKind.Open:
                return Delegate.CreateDelegate(RuntimeType, null, symbol.Method);
            case DelegateKind.Stateless:
                return symbol.StatelessHolder is not null
                    ? symbol.StatelessDelegate(RuntimeType)
                    : throw decoder.Reader.Invalid("a lambda that captures nothing");
            case DelegateKind.Closed:
                return ReadTarget(decoder, symbol, id);
            default:
                throw decoder.Reader.Invalid("a delegate");
        }
    }

    private void WriteTarget(GraphEncoder encoder, Delegate function, object target, MethodSymbol symbol, int id)
    {
        ObjectCodec codec = ObjectCodecs.For(target.GetType());
        RefuseBaseCall(encoder, function, target);
        bool closure = codec is WalkCodec { IsClosure: true };
        ClosureScan? outer = encoder.Scan;
        encoder.Scan = closure ? symbol.Scan : null;
        encoder.Trace?.EnterField(Segment(encoder.Trace, closure, symbol.Method));
        bool body = encoder.WriteHead(target, codec, typeof(object), asTarget: true, out int targetId);

        // With the head of its target the other side can make the delegate, so what the target holds may refer back to it.
        if (codec.HasShell || !body)
        {
            encoder.SetAvailable(id);
        }

        if (body)
        {
            encoder.WriteBody(target, codec, targetId);
        }

        encoder.Trace?.Leave();
        encoder.Scan = outer;
    }

    private object ReadTarget(GraphDecoder decoder, MethodSymbol symbol, int id)
    {
        object? target = decoder.ReadHead(typeof(object), out ObjectCodec? codec, out int targetId, out bool body);
        if (target is null && body)
        {
            target = decoder.ReadBody(codec!, null, targetId); // not null: a body has a codec
            body = false;
        }

        if (target is null)
        {
            throw decoder.Reader.Invalid("the target of a delegate");
        }

        // CreateDelegate checks that the method goes with the target and with the type of the delegate.
        var function = Delegate.CreateDelegate(RuntimeType, target, symbol.Method);
        if (body)
        {
            decoder.SetAvailable(id, function);
            _ = decoder.ReadBody(codec!, target, targetId); // not null: a body has a codec
        }

        return function;
    }

    private void WriteMulticast(GraphEncoder encoder, Delegate function)
    {
        Delegate[] parts = function.GetInvocationList();
        encoder.Writer.WriteByte((byte)DelegateKind.Multicast);
        encoder.Writer.WriteCount(parts.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            encoder.Trace?.EnterIndex(i);
            encoder.WriteReference(parts[i], this, RuntimeType);
            encoder.Trace?.Leave();
        }
    }

    private object ReadMulticast(GraphDecoder decoder)
    {
        var parts = new Delegate[decoder.ReadCount(IntPtr.Size)];
        for (int i = 0; i < parts.Length; i++)
        {
            object? part = decoder.ReadReference(RuntimeType);
            parts[i] = part is Delegate function && function.GetType() == RuntimeType
                ? function
                : throw decoder.Reader.Invalid($"a {TypeNames.Of(RuntimeType)} in a list of delegates");
        }

        return Delegate.Combine(parts) ?? throw decoder.Reader.Invalid("at least one delegate");
    }

    // A delegate on base.Method is bound to a method that its target overrides. Rebuilt, it would call the override.
    private void RefuseBaseCall(GraphEncoder encoder, Delegate function, object target)
    {
        MethodInfo method = function.Method;
        if (method.IsStatic || !method.IsVirtual || method.IsFinal || method.DeclaringType == target.GetType())
        {
            return;
        }

        MethodInfo bound = Delegate.CreateDelegate(RuntimeType, target, method).Method;
        if (bound.MetadataToken != method.MetadataToken || bound.Module != method.Module)
        {
            throw encoder.Refuse(new Refusal(RuntimeType, $"it calls {method.DeclaringType?.Name}.{method.Name} although its target overrides that method",
                $"Use a lambda: () => base.{method.Name}(...)."));
        }
    }

    private static string Segment(PathTrace trace, bool closure, MethodInfo method) =>
        closure ? trace.Path.Length == 0 ? "closure" : "" : CompilerMade.IsLambda(method) ? "this" : "target";
}
