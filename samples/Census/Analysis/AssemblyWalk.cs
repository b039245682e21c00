namespace Census.Analysis;

using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

/// <summary>Goes once through all types and method bodies of an assembly and adds everything up.</summary>
internal sealed class AssemblyWalk
{
    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly MethodBodyWalk _body;
    private readonly CallGraph _graph;
    private readonly CallTargets _targets;
    private readonly long[] _counts = new long[Enum.GetValues<Metric>().Length];
    private readonly TopMethods[] _rankings;

    public AssemblyWalk(PEReader image, int top)
    {
        _image = image;
        _metadata = image.GetMetadataReader();
        _targets = new CallTargets(_metadata);
        _graph = new CallGraph(_metadata.MethodDefinitions.Count);
        _rankings = [.. Enum.GetValues<Ranking>().Select(_ => new TopMethods(top))];
        _body = new MethodBodyWalk(_metadata, _targets, _graph, _counts, _rankings);
    }

    public FileCensus Read(string path, long bytes)
    {
        CountTables();
        foreach (MethodDefinitionHandle handle in _metadata.MethodDefinitions)
        {
            ReadMethod(handle);
        }

        _graph.Rank(_metadata, _counts, _rankings);
        return new FileCensus
        {
            Path = path,
            Kind = FileKind.Managed,
            Bytes = bytes,
            Assembly = _targets.OwnName,
            Build = _metadata.GetGuid(_metadata.GetModuleDefinition().Mvid),
            Counts = _counts,
            OpcodeCounts = _body.OpcodeCounts,
            Rankings = [.. _rankings.Select(ranking => ranking.ToArray())],
            CallsTo = _targets.CountsByAssembly(),
        };
    }

    private void CountTables()
    {
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            TypeDefinition type = _metadata.GetTypeDefinition(handle);
            _counts[(int)Metric.Interfaces] += (type.Attributes & TypeAttributes.Interface) != 0 ? 1 : 0;
            _counts[(int)Metric.ValueTypes] += IsValueType(type) ? 1 : 0;
            _counts[(int)Metric.GenericTypes] += type.GetGenericParameters().Count > 0 ? 1 : 0;
        }

        _counts[(int)Metric.Types] = _metadata.TypeDefinitions.Count;
        _counts[(int)Metric.Fields] = _metadata.FieldDefinitions.Count;
        _counts[(int)Metric.Properties] = _metadata.PropertyDefinitions.Count;
        _counts[(int)Metric.Attributes] = _metadata.CustomAttributes.Count;
        _counts[(int)Metric.Methods] = _metadata.MethodDefinitions.Count;
        _counts[(int)Metric.GenericInstantiations] =
            _metadata.GetTableRowCount(TableIndex.TypeSpec) + _metadata.GetTableRowCount(TableIndex.MethodSpec);
    }

    private bool IsValueType(TypeDefinition type) =>
        type.BaseType.Kind == HandleKind.TypeReference
        && _metadata.GetTypeReference((TypeReferenceHandle)type.BaseType) is var parent
        && _metadata.StringComparer.Equals(parent.Namespace, "System")
        && (_metadata.StringComparer.Equals(parent.Name, "ValueType") || _metadata.StringComparer.Equals(parent.Name, "Enum"));

    private void ReadMethod(MethodDefinitionHandle handle)
    {
        MethodDefinition method = _metadata.GetMethodDefinition(handle);
        bool hasIl = method.RelativeVirtualAddress != 0
            && (method.ImplAttributes & MethodImplAttributes.CodeTypeMask) == MethodImplAttributes.IL;
        if (!hasIl)
        {
            return;
        }

        try
        {
            _body.Read(handle, _image.GetMethodBody(method.RelativeVirtualAddress));
        }
        catch (BadImageFormatException e)
        {
            throw new BadImageFormatException($"{Names.Of(_metadata, handle)}: {e.Message}", e);
        }
    }
}
