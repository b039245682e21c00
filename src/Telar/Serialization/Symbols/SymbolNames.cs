using System.Reflection;

namespace Telar.Serialization;

/// <summary>Gives types and methods their names on the wire: assembly, build and metadata token, with generic arguments.</summary>
internal static class SymbolNames
{
    private static readonly MemberTable<Type, TypeSymbol> s_types = new();
    private static readonly MemberTable<MethodInfo, MethodSymbol> s_methods = new();

    internal static TypeSymbol Of(Type type) => s_types.Find(type) ?? s_types.GetOrAdd(type, Make);

    internal static MethodSymbol Of(MethodInfo method) => s_methods.Find(method) ?? s_methods.GetOrAdd(method, Make);

    /// <summary>Whether a type has a name that another process understands.</summary>
    internal static Refusal? Judge(Type type)
    {
        if (type.IsPointer || type.IsByRef || type.IsFunctionPointer || type.IsGenericParameter)
        {
            return new Refusal(type, "it has no identity outside of its own metadata", "Send the type that it is made from.");
        }

        if (type.HasElementType)
        {
            return Judge(type.GetElementType()!); // not null: HasElementType
        }

        if (type.Assembly.IsDynamic)
        {
            return new Refusal(type, "it was made at run time, so no other process has it", "Use a type that was compiled.");
        }

        if (type.IsConstructedGenericType)
        {
            foreach (Type argument in type.GenericTypeArguments)
            {
                if (Judge(argument) is { } refusal)
                {
                    return refusal;
                }
            }
        }

        return null;
    }

    /// <summary>Whether a type is named without its build, which the token of one of its methods needs.</summary>
    internal static bool NeedsBuild(Type declaring) =>
        KnownSymbols.TryGetCode(declaring.IsConstructedGenericType ? declaring.GetGenericTypeDefinition() : declaring, out _);

    private static TypeSymbol Make(Type type)
    {
        if (Judge(type) is { } refusal)
        {
            throw refusal.ToException("");
        }

        using var writer = new PayloadWriter();
        WriteType(writer, type);
        return new TypeSymbol(type, writer.WrittenSpan.ToArray());
    }

    private static MethodSymbol Make(MethodInfo method)
    {
        // RTDynamicMethod, the face of a DynamicMethod, has no declaring type; compiled expression trees are such methods too.
        if (method.DeclaringType is not { } declaring || method.Module.Assembly.IsDynamic)
        {
            throw new Refusal(method.GetType(), $"the method '{method.Name}' was made at run time, so no other process has it",
                "Send the expression's inputs and compile it there, or use a lambda.").ToException("");
        }

        if (Judge(declaring) is { } refusal)
        {
            throw refusal.ToException("");
        }

        using var writer = new PayloadWriter();
        WriteType(writer, declaring);
        if (NeedsBuild(declaring))
        {
            writer.WriteGuid(declaring.Module.ModuleVersionId);
        }

        writer.WriteInt32(method.MetadataToken);
        Type[] arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        writer.WriteCount(arguments.Length);
        foreach (Type argument in arguments)
        {
            if (Judge(argument) is { } unnamed)
            {
                throw unnamed.ToException("");
            }

            WriteType(writer, argument);
        }

        return new MethodSymbol(method, writer.WrittenSpan.ToArray());
    }

    private static void WriteType(PayloadWriter writer, Type type)
    {
        if (KnownSymbols.TryGetCode(type, out int code))
        {
            writer.WriteByte((byte)((int)SymbolTag.Known + code));
        }
        else if (type.IsSZArray)
        {
            writer.WriteByte((byte)SymbolTag.Vector);
            WriteType(writer, type.GetElementType()!); // not null: an array
        }
        else if (type.IsArray)
        {
            writer.WriteByte((byte)SymbolTag.Array);
            writer.WriteByte((byte)type.GetArrayRank());
            WriteType(writer, type.GetElementType()!); // not null: an array
        }
        else if (type.IsConstructedGenericType)
        {
            writer.WriteByte((byte)SymbolTag.Constructed);
            WriteType(writer, type.GetGenericTypeDefinition());
            writer.WriteByte((byte)type.GenericTypeArguments.Length);
            foreach (Type argument in type.GenericTypeArguments)
            {
                WriteType(writer, argument);
            }
        }
        else
        {
            writer.WriteByte((byte)SymbolTag.Definition);
            writer.WriteString(type.Assembly.GetName().Name);
            writer.WriteGuid(type.Module.ModuleVersionId);
            writer.WriteInt32(type.MetadataToken);
        }
    }
}
