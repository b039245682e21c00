namespace Census.Analysis;

using System.Reflection.Metadata;

/// <summary>The first methods of one ranking in one file; names are made only for methods that get in.</summary>
internal sealed class TopMethods(int limit)
{
    private readonly PriorityQueue<MethodFact, MethodFact> _kept = new(Comparer<MethodFact>.Create(Compare));

    /// <summary>Larger values first, then by name: the order must not depend on who counted, or when.</summary>
    public static int Compare(MethodFact a, MethodFact b) =>
        a.Value != b.Value ? a.Value.CompareTo(b.Value) : string.CompareOrdinal(b.Method, a.Method);

    public void Add(MetadataReader metadata, MethodDefinitionHandle method, long value)
    {
        if (value <= 0 || (_kept.Count == limit && value < _kept.Peek().Value))
        {
            return;
        }

        var fact = new MethodFact(Names.Of(metadata, method), value);
        _kept.Enqueue(fact, fact);
        if (_kept.Count > limit)
        {
            _kept.Dequeue();
        }
    }

    public MethodFact[] ToArray()
    {
        MethodFact[] facts = [.. _kept.UnorderedItems.Select(item => item.Element)];
        Array.Sort(facts, (a, b) => Compare(b, a));
        return facts;
    }
}
