using System.Text;

namespace Telar.Serialization;

/// <summary>Spells types the way C# does, for messages.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char", [typeof(sbyte)] = "sbyte",
        [typeof(byte)] = "byte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint",
        [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(nint)] = "nint", [typeof(nuint)] = "nuint", [typeof(void)] = "void",
    };

    internal static string Of(Type type)
    {
        var name = new StringBuilder();
        Append(name, type);
        return name.ToString();
    }

    private static void Append(StringBuilder name, Type type)
    {
        if (s_keywords.TryGetValue(type, out string? keyword))
        {
            _ = name.Append(keyword);
            return;
        }

        if (type.HasElementType)
        {
            Append(name, type.GetElementType()!); // not null: HasElementType
            _ = type.IsArray ? name.Append('[').Append(',', type.GetArrayRank() - 1).Append(']') : name.Append(type.IsPointer ? '*' : '&');
            return;
        }

        if (type.IsGenericParameter || type.IsFunctionPointer)
        {
            _ = name.Append(type.IsFunctionPointer ? "delegate*" : type.Name);
            return;
        }

        Type[] arguments = type.GetGenericArguments();
        if (type.DeclaringType is { } outer)
        {
            // The arguments of the outer types come first in the list of the inner one.
            int own = arguments.Length - outer.GetGenericArguments().Length;
            Append(name, outer.IsGenericTypeDefinition && !type.IsGenericTypeDefinition ? outer.MakeGenericType(arguments[..^own]) : outer);
            _ = name.Append('.');
            arguments = arguments[^own..];
        }
        else if (!string.IsNullOrEmpty(type.Namespace))
        {
            _ = name.Append(type.Namespace).Append('.');
        }

        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        _ = name.Append(tick < 0 ? type.Name : type.Name[..tick]);
        if (arguments.Length > 0)
        {
            _ = name.Append('<');
            for (int i = 0; i < arguments.Length; i++)
            {
                _ = i > 0 ? name.Append(", ") : name;
                Append(name, arguments[i]);
            }

            _ = name.Append('>');
        }
    }
}
