namespace Census.Analysis;

using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

/// <summary>Says which assembly a type comes from.</summary>
internal sealed class AssemblyNames(MetadataReader metadata)
{
    /// <summary>Index of the assembly being read; the others have the row of their reference.</summary>
    public const int Own = 0;

    /// <summary>Index for types that no assembly has, such as arrays.</summary>
    public const int None = -1;

    private const int DeepestNesting = 64;
    private const int GenericInstantiation = 0x15;

    public string OwnName { get; } = metadata.GetString(
        metadata.IsAssembly ? metadata.GetAssemblyDefinition().Name : metadata.GetModuleDefinition().Name);

    public string NameOf(int index) => index switch
    {
        Own => OwnName,
        None => "(arrays)",
        _ => metadata.GetString(metadata.GetAssemblyReference(MetadataTokens.AssemblyReferenceHandle(index)).Name),
    };

    /// <summary>Takes the type arguments away: <c>List&lt;int&gt;</c> becomes <c>List&lt;T&gt;</c>.</summary>
    public EntityHandle GenericDefinition(EntityHandle type)
    {
        if (type.Kind != HandleKind.TypeSpecification)
        {
            return type;
        }

        BlobReader blob = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)type).Signature);
        if (blob.ReadCompressedInteger() != GenericInstantiation)
        {
            return type;
        }

        blob.ReadCompressedInteger(); // class or value type
        return blob.ReadTypeHandle();
    }

    public int IndexOf(EntityHandle type, int depth = 0) => type.Kind switch
    {
        HandleKind.TypeDefinition or HandleKind.MethodDefinition => Own,
        HandleKind.TypeReference when depth < DeepestNesting =>
            ScopeOf(metadata.GetTypeReference((TypeReferenceHandle)type).ResolutionScope, depth),
        _ => None,
    };

    private int ScopeOf(EntityHandle scope, int depth) => scope.Kind switch
    {
        HandleKind.AssemblyReference => MetadataTokens.GetRowNumber(scope),
        HandleKind.TypeReference => IndexOf(scope, depth + 1),
        _ => Own, // another module of this assembly
    };
}
