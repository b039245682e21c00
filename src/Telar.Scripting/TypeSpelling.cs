namespace Telar.Scripting;

/// <summary>Spells types as a source text names them.</summary>
internal static class TypeSpelling
{
    /// <summary>The type, or <c>object</c> if a text cannot name it.</summary>
    public static string Of(Type type)
    {
        if (!type.IsVisible || type.IsPointer || type.IsByRefLike)
        {
            return "object";
        }

        if (type.IsArray)
        {
            // The first brackets of a jagged array are those of the outermost one.
            Type element = type;
            string brackets = "";
            while (element.IsArray)
            {
                brackets += $"[{new string(',', element.GetArrayRank() - 1)}]";
                element = element.GetElementType()!; // not null: an array
            }

            return Of(element) + brackets;
        }

        string name = (type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type).FullName!; // not null: no type parameter
        if (!type.IsConstructedGenericType)
        {
            return $"global::{name.Replace('+', '.')}";
        }

        return type.IsNested ? "object" : $"global::{name[..name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(Of))}>";
    }
}
