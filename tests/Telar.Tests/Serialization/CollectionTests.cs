using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Globalization;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class CollectionTests
{
    [Fact(Timeout = 120_000)]
    public void Sequences_KeepTheirOrder()
    {
        Assert.Equal([3, 1, 2], Codec.RoundTrip(new List<int> { 3, 1, 2 }));
        Assert.Equal(new List<string?> { "a", null }, Codec.RoundTrip(new List<string?> { "a", null }));
        Assert.Equal([1, 2, 3], Codec.RoundTrip(new Queue<int>([1, 2, 3])));
        Assert.Equal([3, 2, 1], Codec.RoundTrip(new Stack<int>([1, 2, 3])));
        Assert.Equal([1, 2, 3], Codec.RoundTrip(new LinkedList<int>([1, 2, 3])));
        Assert.Equal([1, 2, 3], Codec.RoundTrip(new ConcurrentQueue<int>([1, 2, 3])));
        Assert.Equal([3, 2, 1], Codec.RoundTrip(new ConcurrentStack<int>([1, 2, 3])));
        Assert.Equal([1, 2, 3], Codec.RoundTrip(new ConcurrentBag<int>([1, 2, 3])).Order());
        Assert.Equal([1, 2], Codec.RoundTrip(new Collection<int> { 1, 2 }));
        Assert.Equal([1, 2], Codec.RoundTrip(new ObservableCollection<int> { 1, 2 }));
        Assert.Equal([1, 2], Codec.RoundTrip(new List<int> { 1, 2 }.AsReadOnly()));
        Assert.Equal([1, 2], Codec.RoundTrip<ImmutableArray<int>>([1, 2]));
        Assert.True(Codec.RoundTrip(default(ImmutableArray<int>)).IsDefault);
        Assert.Equal([1, 2], Codec.RoundTrip<ImmutableList<int>>([1, 2]));
        Assert.Equal([1, 2], Codec.RoundTrip(ImmutableQueue.Create(1, 2)).ToArray());
        Assert.Equal([2, 1], Codec.RoundTrip(ImmutableStack.Create(1, 2)).ToArray());
        Assert.Equal([1, 2], Codec.RoundTrip<IReadOnlyList<int>>([1, 2]));
        Assert.Equal([1], Codec.RoundTrip<IEnumerable<int>>([1]));
        Assert.Equal([1, 2], Codec.RoundTrip<ICollection<int>>([1, 2]));
    }

    [Fact(Timeout = 120_000)]
    public void Maps_KeepTheirComparer()
    {
        var ignoring = StringComparer.OrdinalIgnoreCase;
        Assert.Equal(1, Codec.RoundTrip(new Dictionary<string, int>(ignoring) { ["A"] = 1 })["a"]);
        Assert.Equal(1, Codec.RoundTrip(new ConcurrentDictionary<string, int>(ignoring) { ["A"] = 1 })["a"]);
        Assert.Equal(1, Codec.RoundTrip(new OrderedDictionary<string, int>(ignoring) { ["A"] = 1 })["a"]);
        Assert.Equal(1, Codec.RoundTrip(new SortedDictionary<string, int>(ignoring) { ["A"] = 1 })["a"]);
        Assert.Equal(1, Codec.RoundTrip(new SortedList<string, int>(ignoring) { ["A"] = 1 })["a"]);
        Assert.Equal(1, Codec.RoundTrip(ImmutableDictionary.CreateRange(ignoring, [new KeyValuePair<string, int>("A", 1)]))["a"]);
        Assert.Equal(1, Codec.RoundTrip(ImmutableSortedDictionary.CreateRange(ignoring, [new KeyValuePair<string, int>("A", 1)]))["a"]);
        Assert.Equal(1, Codec.RoundTrip(new Dictionary<string, int> { ["A"] = 1 }.ToFrozenDictionary(ignoring))["a"]);
        Assert.Equal(1, Codec.RoundTrip(new ReadOnlyDictionary<string, int>(new Dictionary<string, int>(ignoring) { ["A"] = 1 }))["a"]);
        Assert.Same(ignoring, Codec.RoundTrip(new Dictionary<string, int>(ignoring)).Comparer);
        Assert.Equal(["b", "a"], Codec.RoundTrip(new OrderedDictionary<string, int> { ["b"] = 1, ["a"] = 2 }).Keys);
    }

    [Fact(Timeout = 120_000)]
    public void Sets_KeepTheirComparer()
    {
        var ignoring = StringComparer.OrdinalIgnoreCase;
        Assert.Contains("a", Codec.RoundTrip(new HashSet<string>(ignoring) { "A" }));
        Assert.Contains("a", Codec.RoundTrip(new SortedSet<string>(ignoring) { "A" }));
        Assert.Contains("a", (IReadOnlySet<string>)Codec.RoundTrip(ImmutableHashSet.Create(ignoring, "A")));
        Assert.Contains("a", (IReadOnlySet<string>)Codec.RoundTrip(ImmutableSortedSet.Create(ignoring, "A")));
        Assert.Contains("a", (IReadOnlySet<string>)Codec.RoundTrip(new[] { "A" }.ToFrozenSet(ignoring)));
        Assert.Contains(null, Codec.RoundTrip(new HashSet<string?> { null }));
        HashSet<HashSet<int>> nested = Codec.RoundTrip(new HashSet<HashSet<int>>(HashSet<int>.CreateSetComparer()) { new() { 1, 2 } });
        Assert.Contains([2, 1], nested);
    }

    // What a copy of private fields gets wrong in another process: keys whose hash code is seeded there, or is an address.
    [Fact(Timeout = 120_000)]
    public void HashTables_AreBuiltAnew_NotCopied()
    {
        var key = new Node { Name = "k" };
        var map = new Dictionary<Node, int> { [key] = 5 };
        (Node backKey, Dictionary<Node, int> back) = Codec.RoundTrip((key, map));
        Assert.Equal(5, back[backKey]);
        Assert.DoesNotContain(key, back);

        var touchy = new Dictionary<Counted, int> { [new Counted(1)] = 1, [new Counted(2)] = 2 };
        byte[] payload = Codec.Encode(touchy);
        Counted.Hashed = 0;
        _ = Codec.Decode<Dictionary<Counted, int>>(payload);
        Assert.Equal(2, Counted.Hashed);
        Assert.Equal(3, Codec.RoundTrip(new Dictionary<(int, string), int> { [(1, "x")] = 3 })[(1, "x")]);
    }

    [Fact(Timeout = 120_000)]
    public void PriorityQueues_ComeBackInOrder()
    {
        var queue = new PriorityQueue<string, int>(Comparer<int>.Create((x, y) => y.CompareTo(x)));
        queue.EnqueueRange([("a", 1), ("b", 2), ("c", 3)]);
        PriorityQueue<string, int> back = Codec.RoundTrip(queue);
        Assert.Equal(["c", "b", "a"], new[] { back.Dequeue(), back.Dequeue(), back.Dequeue() });
    }

    [Fact(Timeout = 120_000)]
    public void Comparers_OfEveryKind_ComeBack()
    {
        Assert.Same(EqualityComparer<int>.Default, Codec.RoundTrip<IEqualityComparer<int>>(EqualityComparer<int>.Default));
        Assert.Same(EqualityComparer<DayOfWeek>.Default, Codec.RoundTrip<object>(EqualityComparer<DayOfWeek>.Default));
        Assert.Same(EqualityComparer<string>.Default, Codec.RoundTrip<object>(EqualityComparer<string>.Default));
        Assert.Same(EqualityComparer<int?>.Default, Codec.RoundTrip(EqualityComparer<int?>.Default));
        Assert.Same(Comparer<string>.Default, Codec.RoundTrip<IComparer<string>>(Comparer<string>.Default));
        Assert.Same(ReferenceEqualityComparer.Instance, Codec.RoundTrip(ReferenceEqualityComparer.Instance));
        Assert.Same(StringComparer.Ordinal, Codec.RoundTrip(StringComparer.Ordinal));
        Assert.Same(StringComparer.OrdinalIgnoreCase, Codec.RoundTrip<IComparer<string>>(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(StringComparer.InvariantCultureIgnoreCase, Codec.RoundTrip(StringComparer.InvariantCultureIgnoreCase));
        StringComparer cultural = StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.IgnoreWidth);
        Assert.Equal(cultural, Codec.RoundTrip(cultural));
        int sign = -1;
        Assert.Equal([3, 2, 1], Codec.RoundTrip(new SortedSet<int>(Comparer<int>.Create((x, y) => sign * x.CompareTo(y))) { 1, 2, 3 }));
        IEqualityComparer<string> byLength = EqualityComparer<string>.Create((x, y) => x?.Length == y?.Length, x => x.Length);
        Assert.Contains("zz", Codec.RoundTrip(new HashSet<string>(byLength) { "ab" }));
        Assert.Contains("zz", Codec.RoundTrip(new HashSet<string>(new ByLength()) { "ab" }));
        Assert.Contains("Wrap the method in a lambda", Codec.Refused(Comparer<string>.Create(string.CompareOrdinal)).Message, StringComparison.Ordinal);
        var e = Codec.Refused(new HashSet<string>(new Unmarked()) { "x" });
        Assert.Equal(("Comparer", typeof(Unmarked)), (e.Path, e.Culprit));
    }

    // The comparer reads a variable of the scope that holds the set as well, so it must not run before that is there.
    [Fact(Timeout = 120_000)]
    public void ComparerInACircle_RunsLast()
    {
        int sign = -1;
        SortedSet<int> set = null!;
        set = new SortedSet<int>(Comparer<int>.Create((x, y) => (set is null ? 1 : sign) * x.CompareTo(y)));
        set.UnionWith([1, 2, 3]);
        Func<int> first = () => set.Min;
        Assert.Equal(3, Codec.RoundTrip(first)());
    }

    [Fact(Timeout = 120_000)]
    public void KeysInACircle_AreInsertedLast()
    {
        // The hash code of the key comes from a field that is read after the dictionary which holds the key.
        var owner = new Owner { Early = [] };
        owner.Early[new OwnerKey(owner)] = 4;
        owner.Name = "late";
        Owner back = Codec.RoundTrip(owner);
        Assert.Equal(4, back.Early[new OwnerKey(back)]);

        var set = new Owner { EarlySet = [] };
        set.EarlySet.Add(new OwnerKey(set));
        set.Name = "late";
        back = Codec.RoundTrip(set);
        Assert.Contains(new OwnerKey(back), back.EarlySet);
    }

    [Fact(Timeout = 120_000)]
    public void KeysInACircle_OfAnImmutableCollection_AreRefused()
    {
        var owner = new Owner { Name = "o" };
        owner.Frozen = new Dictionary<OwnerKey, int> { [new OwnerKey(owner)] = 1 }.ToFrozenDictionary();
        var e = Codec.Refused(owner);
        Assert.Contains("refers back", e.Message, StringComparison.Ordinal);
        Assert.StartsWith("Frozen", e.Path, StringComparison.Ordinal);

        // A circle elsewhere in the graph does no harm, nor does a key that was there before.
        var other = new Owner { Name = "x" };
        owner.Frozen = new Dictionary<OwnerKey, int> { [new OwnerKey(other)] = 1 }.ToFrozenDictionary();
        other.Other = owner;
        owner.Other = other;
        Assert.Contains("refers back", Codec.Refused(owner).Message, StringComparison.Ordinal); // its key leads back after all
        other.Other = other;
        (Owner first, Owner second) = Codec.RoundTrip((other, owner));
        Assert.Equal(1, second.Frozen[new OwnerKey(first)]);
    }

    [Fact(Timeout = 120_000)]
    public void HeirsOfCollections_AreRefused()
    {
        Assert.Contains("derives from System.Collections.Generic.List<int>", Codec.Refused(new Names { 1 }).Message, StringComparison.Ordinal);
        _ = Codec.Refused(new SortedSet<int> { 1, 2, 3 }.GetViewBetween(1, 2));
        Assert.Contains("ToDictionary", Codec.Refused(new[] { 1, 2 }.ToLookup(x => x)).Message, StringComparison.Ordinal);
        Assert.Contains("Key", Codec.Refused(new[] { 1, 2 }.GroupBy(x => x).First()).Message, StringComparison.Ordinal);
        Assert.Contains("ToList", Codec.Refused(new[] { 1, 2 }.Where(x => x > 1)).Message, StringComparison.Ordinal);
        Assert.Contains("ToList", Codec.Refused(Enumerable.Range(1, 2)).Message, StringComparison.Ordinal);
        _ = Codec.Refused(new List<int> { 1 }.GetEnumerator());
    }

    [Fact(Timeout = 120_000)]
    public void CollectionsThatHoldThemselves_ComeBack()
    {
        var list = new List<object>();
        list.Add(list);
        List<object> back = Codec.RoundTrip(list);
        Assert.Same(back, back[0]);
        object[] array = new object[1];
        array[0] = array;
        object[] backArray = Codec.RoundTrip(array);
        Assert.Same(backArray, backArray[0]);
        var map = new Dictionary<string, object>();
        map["me"] = map;
        Dictionary<string, object> backMap = Codec.RoundTrip(map);
        Assert.Same(backMap, backMap["me"]);
        object[] box = new object[1];
        ImmutableList<object> immutable = ImmutableList.Create<object>(item: box);
        box[0] = immutable;
        object[] backBox = Codec.RoundTrip(box);
        Assert.Same(backBox, ((ImmutableList<object>)backBox[0])[0]);
        Assert.Contains("refers back to itself", Codec.Refused(immutable).Message, StringComparison.Ordinal);
    }

    [Sendable]
    internal sealed class Node
    {
        public string? Name;
    }

    [Sendable]
    internal sealed class Owner
    {
        public Dictionary<OwnerKey, int> Early = null!;
        public HashSet<OwnerKey> EarlySet = null!;
        public FrozenDictionary<OwnerKey, int> Frozen = null!;
        public Owner? Other;
        public string Name = "";
    }

    [Sendable]
    internal sealed class OwnerKey(Owner owner) : IEquatable<OwnerKey>
    {
        public bool Equals(OwnerKey? other) => other?.Name == Name;

        public override bool Equals(object? obj) => Equals(obj as OwnerKey);

        public override int GetHashCode() => Name.Length;

        private string Name => owner.Name;
    }

    internal sealed record Counted(int Value)
    {
        internal static int Hashed { get; set; }

        public override int GetHashCode()
        {
            Hashed++;
            return Value;
        }

        public bool Equals(Counted? other) => other?.Value == Value;
    }

    [Sendable]
    internal sealed class ByLength : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string obj) => obj.Length;
    }

    internal sealed class Unmarked : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x == y;

        public int GetHashCode(string obj) => 0;
    }

    [Sendable]
    internal sealed class Names : List<int>
    {
        public int Extra { get; set; }
    }
}
