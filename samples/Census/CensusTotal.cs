namespace Census;

using System.Runtime.InteropServices;
using Census.Analysis;

/// <summary>The sum of all files. It is the same in whatever order they are added.</summary>
internal sealed class CensusTotal
{
    private readonly long[] _kinds = new long[Enum.GetValues<FileKind>().Length];
    private readonly long[] _counts = new long[Enum.GetValues<Metric>().Length];
    private readonly long[] _opcodes = new long[Opcodes.Count];
    private readonly Dictionary<string, long> _callsTo = [];
    private readonly Dictionary<(MethodFact Fact, string Assembly), int>[] _rankings =
        [.. Enum.GetValues<Ranking>().Select(_ => new Dictionary<(MethodFact, string), int>())];

    private readonly Dictionary<Guid, (long Files, long Bytes, long Largest)> _builds = [];
    private readonly List<FileCensus> _problems = [];

    public long Files => _kinds.Sum();

    public long Bytes { get; private set; }

    /// <summary>Assemblies that are there more than once count once.</summary>
    public long DistinctBuilds => _builds.Count;

    public long BytesInCopies => _builds.Values.Sum(build => build.Bytes - build.Largest);

    /// <summary>Damaged and unreadable files.</summary>
    public IEnumerable<FileCensus> Problems => _problems.OrderBy(file => file.Path, StringComparer.Ordinal);

    public IEnumerable<NameCount> OpcodesByUse =>
        Sorted(_opcodes.Select((count, i) => new NameCount(Opcodes.NameOf(i), count)).Where(opcode => opcode.Count > 0));

    public IEnumerable<NameCount> CallsByAssembly => Sorted(_callsTo.Select(entry => new NameCount(entry.Key, entry.Value)));

    public long this[FileKind kind] => _kinds[(int)kind];

    public long this[Metric metric] => _counts[(int)metric];

    public IEnumerable<RankedMethod> this[Ranking ranking] =>
        from entry in _rankings[(int)ranking]
        orderby entry.Key.Fact, entry.Key.Assembly
        select new RankedMethod(entry.Key.Assembly, entry.Key.Fact.Method, entry.Key.Fact.Value, entry.Value);

    public void Add(FileCensus file)
    {
        _kinds[(int)file.Kind]++;
        Bytes += file.Bytes;
        if (file.Problem is not null)
        {
            _problems.Add(file);
        }

        if (file.Kind == FileKind.Managed)
        {
            AddAssembly(file);
        }
    }

    private void AddAssembly(FileCensus file)
    {
        AddTo(_counts, file.Counts);
        AddTo(_opcodes, file.OpcodeCounts);
        ref (long Files, long Bytes, long Largest) build = ref Entry(_builds, file.Build);
        build = (build.Files + 1, build.Bytes + file.Bytes, Math.Max(build.Largest, file.Bytes));
        foreach (NameCount calls in file.CallsTo)
        {
            Entry(_callsTo, calls.Name) += calls.Count;
        }

        for (int ranking = 0; ranking < file.Rankings.Length; ranking++)
        {
            foreach (MethodFact fact in file.Rankings[ranking])
            {
                Entry(_rankings[ranking], (fact, file.Assembly))++;
            }
        }
    }

    private static void AddTo(long[] sums, long[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            sums[i] += values[i];
        }
    }

    private static ref TValue? Entry<TKey, TValue>(Dictionary<TKey, TValue> entries, TKey key)
        where TKey : notnull => ref CollectionsMarshal.GetValueRefOrAddDefault(entries, key, out _);

    private static IEnumerable<NameCount> Sorted(IEnumerable<NameCount> counts) =>
        counts.OrderByDescending(entry => entry.Count).ThenBy(entry => entry.Name, StringComparer.Ordinal);
}
