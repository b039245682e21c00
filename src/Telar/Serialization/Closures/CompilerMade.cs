using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Recognises what the C# compiler makes for lambdas, iterators, async methods and anonymous types.</summary>
internal static class CompilerMade
{
    private static readonly MemberTable<Type, object> s_known = new();
    private static readonly object s_yes = new();
    private static readonly object s_no = new();

    /// <summary>A type that no source file declares. The attribute alone could be written by hand, and the name alone is that of a file-local type.</summary>
    internal static bool IsType(Type type)
    {
        if (!type.Name.StartsWith('<'))
        {
            return false;
        }

        Type definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        return s_yes == s_known.GetOrAdd(definition, static type => HasMark(type) ? s_yes : s_no);
    }

    /// <summary>The object that holds the captured locals of one scope.</summary>
    internal static bool IsClosure(Type type) => type.Name.StartsWith("<>c__DisplayClass", StringComparison.Ordinal) && IsType(type);

    /// <summary>An iterator, or the body of an async method.</summary>
    internal static bool IsStateMachine(Type type) =>
        type.IsNested && type.Name.Contains(">d", StringComparison.Ordinal) && IsType(type);

    /// <summary>A lambda or a local function.</summary>
    internal static bool IsLambda(MethodBase method) =>
        method.Name.StartsWith('<')
        && (method.Name.Contains(">b__", StringComparison.Ordinal) || method.Name.Contains(">g__", StringComparison.Ordinal));

    /// <summary>A delegate that the compiler keeps in a closure to make it once. It is made anew when it is missing.</summary>
    internal static bool IsDelegateCache(FieldInfo field) =>
        field.Name.StartsWith("<>9__", StringComparison.Ordinal) && typeof(Delegate).IsAssignableFrom(field.FieldType);

    /// <summary>The way from the closure of a scope to that of the scope around it.</summary>
    internal static bool IsClosureLink(FieldInfo field) =>
        field.Name.StartsWith("CS$<>8__locals", StringComparison.Ordinal) && IsClosure(field.FieldType);

    /// <summary>A class of the <c>record</c> kind, or a struct of it. Neither member can be written by hand.</summary>
    internal static bool IsRecord(Type type)
    {
        const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public;
        if (!type.IsValueType)
        {
            return type.GetMethod("<Clone>$", Declared | BindingFlags.Instance, []) is not null;
        }

        return type.GetMethod("op_Equality", Declared | BindingFlags.Static, [type, type]) is { } equality
            && equality.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);
    }

    /// <summary>The instance that carries lambdas without captures, if <paramref name="method"/> is such a lambda.</summary>
    internal static object? StatelessInstance(MethodInfo method)
    {
        if (method.IsStatic || method.DeclaringType is not { } type || !type.Name.StartsWith("<>c", StringComparison.Ordinal) || !IsType(type)
            || type.ContainsGenericParameters)
        {
            return null;
        }

        FieldInfo? instance = type.GetField("<>9", BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);
        return instance is not null && instance.FieldType == type ? instance.GetValue(null) : null;
    }

    private static bool HasMark(Type type)
    {
        for (Type? level = type; level is not null; level = level.DeclaringType)
        {
            if (level.Name.StartsWith('<') && level.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            {
                return true;
            }
        }

        return false;
    }
}
