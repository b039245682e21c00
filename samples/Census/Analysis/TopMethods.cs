namespace Census.Analysis;

using System.Reflection.Metadata;

/// <summary>The first methods of one ranking in one file; names are made only for methods that may get in.</summary>
internal sealed class TopMethods(int limit)
{
    private readonly SortedSet<MethodFact> _kept = [];

    public void Add(MetadataReader metadata, MethodDefinitionHandle method, long value)
    {
        bool tooSmall = _kept.Count == limit && value < _kept.Max.Value;
        if (value > 0 && !tooSmall)
        {
            _kept.Add(new MethodFact(Names.Of(metadata, method), value));
            if (_kept.Count > limit)
            {
                _kept.Remove(_kept.Max);
            }
        }
    }

    public MethodFact[] ToArray() => [.. _kept];
}
