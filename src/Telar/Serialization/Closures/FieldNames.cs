using System.Reflection;

namespace Telar.Serialization;

/// <summary>Gives a field the name that its author knows, for paths in messages.</summary>
internal static class FieldNames
{
    /// <summary>The name in the source; empty for a field that the source does not have: links between closures, the delegate of a call.</summary>
    internal static string Of(FieldInfo field)
    {
        string name = field.Name;
        if (name.StartsWith("CS$<>8__locals", StringComparison.Ordinal) || name.StartsWith("<>8__", StringComparison.Ordinal))
        {
            return "";
        }

        if (name is "<>4__this")
        {
            return "this";
        }

        if (!name.StartsWith('<'))
        {
            // The call objects of Telar are no part of what the user wrote; neither are the underscores of their fields.
            return !typeof(ITelarSendable).IsAssignableFrom(field.DeclaringType) ? name
                : typeof(Delegate).IsAssignableFrom(field.FieldType) ? ""
                : name.TrimStart('_');
        }

        // <Name>k__BackingField, <parameter>P, <local>5__2, <Name>i__Field; and <>3__parameter.
        int end = name.IndexOf('>', StringComparison.Ordinal);
        return end > 1 ? name[1..end] : name[(name.LastIndexOf('_') + 1)..];
    }
}
