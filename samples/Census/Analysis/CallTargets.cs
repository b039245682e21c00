namespace Census.Analysis;

using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

/// <summary>Resolves the tokens of call instructions, each one once, and counts calls by assembly.</summary>
internal sealed class CallTargets
{
    private readonly MetadataReader _metadata;
    private readonly AssemblyNames _assemblies;
    private readonly Dictionary<int, CallTarget> _targets = [];
    private readonly Dictionary<int, SignatureShape> _signatures = [];
    private readonly Dictionary<(EntityHandle Type, StringHandle Name, BlobHandle Signature), int> _ownMethods = [];
    private readonly Dictionary<int, long> _calls = [];

    public CallTargets(MetadataReader metadata)
    {
        _metadata = metadata;
        _assemblies = new AssemblyNames(metadata);
        foreach (MethodDefinitionHandle handle in metadata.MethodDefinitions)
        {
            MethodDefinition method = metadata.GetMethodDefinition(handle);
            _ownMethods[(method.GetDeclaringType(), method.Name, method.Signature)] = MetadataTokens.GetRowNumber(handle);
        }
    }

    public string OwnName => _assemblies.OwnName;

    public CallTarget Resolve(int token)
    {
        if (!_targets.TryGetValue(token, out CallTarget target))
        {
            _targets[token] = target = token > 0
                ? ResolveNew(MetadataTokens.EntityHandle(token))
                : throw new BadImageFormatException($"0x{token:X8} is not a token");
        }

        return target;
    }

    /// <summary>The signature of an indirect call.</summary>
    public SignatureShape ResolveSignature(int token)
    {
        if (!_signatures.TryGetValue(token, out SignatureShape shape))
        {
            var handle = MetadataTokens.StandaloneSignatureHandle(token & 0xFFFFFF);
            _signatures[token] = shape = Shape(_metadata.GetStandaloneSignature(handle).Signature);
        }

        return shape;
    }

    public void Count(CallTarget target) => _calls[target.Assembly] = _calls.GetValueOrDefault(target.Assembly) + 1;

    public NameCount[] CountsByAssembly() =>
        [.. _calls.Select(entry => new NameCount(_assemblies.NameOf(entry.Key), entry.Value))];

    private CallTarget ResolveNew(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.MethodDefinition => ResolveOwn(handle),
        HandleKind.MemberReference => ResolveReference((MemberReferenceHandle)handle),
        HandleKind.MethodSpecification =>
            Resolve(MetadataTokens.GetToken(_metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method)),
        _ => throw new BadImageFormatException($"a call goes to a {handle.Kind}"),
    };

    private CallTarget ResolveOwn(EntityHandle handle)
    {
        SignatureShape shape = Shape(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).Signature);
        return new CallTarget(MetadataTokens.GetToken(handle), AssemblyNames.Own, MetadataTokens.GetRowNumber(handle), shape);
    }

    private CallTarget ResolveReference(MemberReferenceHandle handle)
    {
        MemberReference reference = _metadata.GetMemberReference(handle);
        SignatureShape shape = Shape(reference.Signature);

        // A method of a generic type is referred to through an instantiation, also within its own assembly.
        EntityHandle type = _assemblies.GenericDefinition(reference.Parent);
        int assembly = _assemblies.IndexOf(type);
        return assembly == AssemblyNames.Own && _ownMethods.TryGetValue((type, reference.Name, reference.Signature), out int row)
            ? new CallTarget(MetadataTokens.GetToken(MetadataTokens.MethodDefinitionHandle(row)), assembly, row, shape)
            : new CallTarget(MetadataTokens.GetToken(handle), assembly, 0, shape);
    }

    private SignatureShape Shape(BlobHandle signature) => SignatureShape.Read(_metadata.GetBlobReader(signature));
}
