namespace Census.Analysis;

using System.Reflection.Metadata;

/// <summary>Names as a developer writes them: <c>Namespace.Outer.Inner.Method</c>.</summary>
internal static class Names
{
    private const int DeepestNesting = 64;

    public static string Of(MetadataReader metadata, MethodDefinitionHandle handle)
    {
        MethodDefinition method = metadata.GetMethodDefinition(handle);
        return $"{Of(metadata, method.GetDeclaringType())}.{metadata.GetString(method.Name)}";
    }

    private static string Of(MetadataReader metadata, TypeDefinitionHandle handle, int depth = 0)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        string name = metadata.GetString(type.Name);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        if (!outer.IsNil && depth < DeepestNesting)
        {
            return $"{Of(metadata, outer, depth + 1)}.{name}";
        }

        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}
