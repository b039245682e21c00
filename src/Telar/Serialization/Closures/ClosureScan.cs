using System.Reflection;

namespace Telar.Serialization;

// The compiler puts all captured locals of a scope in one object, whichever lambda captures them. This finds the fields that
// one lambda can reach: its own instructions, and those of every compiler-made method that it calls, points to or starts.
// Only compiler-made code can name a closure's fields, so following the compiler-made methods is enough; an instruction or a
// token that is not understood makes the scan say "every field". All of it is in one module: what the compiler makes is private.

/// <summary>The fields of closures that a delegate's code can reach.</summary>
internal sealed class ClosureScan
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly MemberTable<MemberInfo, ClosureScan> s_scans = new();

    private readonly Module _module;
    private readonly HashSet<int> _fields = [];
    private readonly HashSet<int> _seen = [];
    private readonly Stack<MethodBase> _methods = new();
    private readonly MemberTable<Type, FieldMask> _masks = new();
    private bool _everything;
    private Tuple<Type, FieldMask>? _last;

    private ClosureScan(MemberInfo root)
    {
        _module = root.Module;
        if (root is MethodBase method)
        {
            Enqueue(method);
        }
        else
        {
            Mention((Type)root);
        }

        try
        {
            while (!_everything && _methods.TryPop(out MethodBase? next))
            {
                ScanBody(next);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A token of an assembly that is not there, most likely. The code may well never get to it: send everything, and let it try.
            _everything = true;
        }
    }

    /// <summary>Scans a delegate's method.</summary>
    internal static ClosureScan Of(MethodInfo method) => Get(Definition(method));

    /// <summary>Scans all methods of an iterator or another state machine.</summary>
    internal static ClosureScan Of(Type stateMachine) =>
        Get(stateMachine.IsConstructedGenericType ? stateMachine.GetGenericTypeDefinition() : stateMachine);

    /// <summary>The positions in <paramref name="fields"/>, those of one closure class, of the fields that can be reached.</summary>
    internal FieldMask MaskFor(Type closure, FieldInfo[] fields)
    {
        if (_last is { } last && last.Item1 == closure)
        {
            return last.Item2;
        }

        FieldMask mask = _masks.Find(closure) ?? _masks.GetOrAdd(
            closure, _ => _everything ? FieldMask.All(fields.Length) : FieldMask.Of(fields.Length, i => _fields.Contains(fields[i].MetadataToken)));
        if (!closure.IsCollectible)
        {
            _last = new(closure, mask);
        }

        return mask;
    }

    private static ClosureScan Get(MemberInfo root) => s_scans.GetOrAdd(root, static root => new(root));

    private static MethodBase Definition(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethod: true, IsGenericMethodDefinition: false } generic)
        {
            method = generic.GetGenericMethodDefinition();
        }

        if (method.DeclaringType is { IsConstructedGenericType: true } type)
        {
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, type.GetGenericTypeDefinition().TypeHandle)!; // not null: same method
        }

        return method;
    }

    private void Enqueue(MethodBase method)
    {
        MethodBase definition = Definition(method);
        if (definition.Module == _module && _seen.Add(definition.MetadataToken))
        {
            _methods.Push(definition);
        }
    }

    private void ScanBody(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            return; // abstract or native: it cannot name a field
        }

        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        Module module = method.Module;
        var reader = new IlReader(code);
        while (reader.Next())
        {
            switch (reader.Operand)
            {
                case IlOperand.Field:
                    VisitField(module.ResolveField(reader.Token, typeArguments, methodArguments));
                    break;
                case IlOperand.Method:
                    VisitMethod(module.ResolveMethod(reader.Token, typeArguments, methodArguments));
                    break;
                case IlOperand.Type:
                    Mention(module.ResolveType(reader.Token, typeArguments, methodArguments));
                    break;
                case IlOperand.Token:
                    VisitMember(module.ResolveMember(reader.Token, typeArguments, methodArguments));
                    break;
                case IlOperand.Unknown:
                    _everything = true;
                    return;
                default:
                    break;
            }
        }
    }

    private void VisitMember(MemberInfo? member)
    {
        switch (member)
        {
            case FieldInfo field:
                VisitField(field);
                break;
            case MethodBase method:
                VisitMethod(method);
                break;
            case Type type:
                Mention(type);
                break;
            default:
                _everything = true;
                break;
        }
    }

    private void VisitField(FieldInfo? field)
    {
        if (field?.DeclaringType is not { } type)
        {
            return; // a field of the module itself: constant data
        }

        if (field.Module == _module && CompilerMade.IsType(type))
        {
            _ = _fields.Add(field.MetadataToken);
        }

        Mention(type);
    }

    private void VisitMethod(MethodBase? method)
    {
        if (method is null)
        {
            _everything = true;
            return;
        }

        if (method.DeclaringType is { } type)
        {
            if (method.Name.StartsWith('<') || CompilerMade.IsType(type))
            {
                Enqueue(method);
            }

            Mention(type);
        }

        if (method.IsGenericMethod)
        {
            foreach (Type argument in method.GetGenericArguments())
            {
                Mention(argument);
            }
        }
    }

    // A state machine is started in many ways (a call, a generic argument of the method builder), so its being named is enough.
    private void Mention(Type type)
    {
        if (type.HasElementType)
        {
            Mention(type.GetElementType()!); // not null: HasElementType
            return;
        }

        if (type.IsConstructedGenericType)
        {
            foreach (Type argument in type.GenericTypeArguments)
            {
                Mention(argument);
            }
        }

        if (!CompilerMade.IsType(type) || type.Name.StartsWith("<>c", StringComparison.Ordinal)
            || type.Name.StartsWith("<>f__", StringComparison.Ordinal) || type.Module != _module || !_seen.Add(type.MetadataToken))
        {
            return;
        }

        Type definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        foreach (MethodInfo method in definition.GetMethods(Declared))
        {
            Enqueue(method);
        }

        foreach (ConstructorInfo constructor in definition.GetConstructors(Declared))
        {
            Enqueue(constructor);
        }
    }
}
