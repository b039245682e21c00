using System.Diagnostics;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>The collections of the platform. They travel as items and comparers, never as their private fields.</summary>
[StackTraceHidden]
internal static class KnownCollections
{
    // Full name of the definition -> the factory below. By name, so that no assembly is loaded just to compare types; a factory is
    // called only for a type of the platform that has this name.
    private static readonly Dictionary<string, string> s_factories = new()
    {
        ["System.Collections.Generic.List`1"] = nameof(List),
        ["System.Collections.Generic.Queue`1"] = nameof(Queue),
        ["System.Collections.Generic.Stack`1"] = nameof(Stack),
        ["System.Collections.Generic.LinkedList`1"] = nameof(LinkedList),
        ["System.Collections.ObjectModel.Collection`1"] = nameof(Collection),
        ["System.Collections.ObjectModel.ObservableCollection`1"] = nameof(ObservableCollection),
        ["System.Collections.Concurrent.ConcurrentQueue`1"] = nameof(ConcurrentQueue),
        ["System.Collections.Concurrent.ConcurrentStack`1"] = nameof(ConcurrentStack),
        ["System.Collections.Concurrent.ConcurrentBag`1"] = nameof(ConcurrentBag),
        ["System.Collections.Generic.Dictionary`2"] = nameof(Dictionary),
        ["System.Collections.Generic.SortedDictionary`2"] = nameof(SortedDictionary),
        ["System.Collections.Generic.SortedList`2"] = nameof(SortedList),
        ["System.Collections.Generic.OrderedDictionary`2"] = nameof(OrderedDictionary),
        ["System.Collections.Concurrent.ConcurrentDictionary`2"] = nameof(ConcurrentDictionary),
        ["System.Collections.Generic.HashSet`1"] = nameof(HashSet),
        ["System.Collections.Generic.SortedSet`1"] = nameof(SortedSet),
        ["System.Collections.Generic.PriorityQueue`2"] = nameof(PriorityQueue),
        ["System.Collections.Immutable.ImmutableList`1"] = nameof(ImmutableList),
        ["System.Collections.Immutable.ImmutableQueue`1"] = nameof(ImmutableQueue),
        ["System.Collections.Immutable.ImmutableStack`1"] = nameof(ImmutableStack),
        ["System.Collections.Immutable.ImmutableHashSet`1"] = nameof(ImmutableHashSet),
        ["System.Collections.Immutable.ImmutableSortedSet`1"] = nameof(ImmutableSortedSet),
        ["System.Collections.Immutable.ImmutableDictionary`2"] = nameof(ImmutableDictionary),
        ["System.Collections.Immutable.ImmutableSortedDictionary`2"] = nameof(ImmutableSortedDictionary),
        ["System.Collections.Frozen.FrozenSet`1"] = nameof(FrozenSet),
        ["System.Collections.Frozen.FrozenDictionary`2"] = nameof(FrozenDictionary),
    };

    internal static ObjectCodec? TryCreate(Type type)
    {
        if (!Framework.Has(type))
        {
            return null;
        }

        // The frozen ones have private subclasses, chosen by what they hold.
        for (Type? level = type; level is not null; level = level.BaseType)
        {
            if (level.IsConstructedGenericType && level.GetGenericTypeDefinition().FullName is { } name && s_factories.TryGetValue(name, out string? factory))
            {
                // A public heir (a collection that is more than its base) is not its base.
                return level == type || name.StartsWith("System.Collections.Frozen.", StringComparison.Ordinal)
                    ? GenericFactory.Invoke<Func<Type, ObjectCodec>>(typeof(KnownCollections), factory, level.GenericTypeArguments)(type)
                    : null;
            }
        }

        return null;
    }

    private static Func<Type, ObjectCodec> List<T>() => static _ => new ListCodec<T>();

    private static Func<Type, ObjectCodec> Queue<T>() => static _ =>
        new SequenceCodec<Queue<T>, T>(static () => new Queue<T>(), static (items, item) => items.Enqueue(item));

    private static Func<Type, ObjectCodec> Stack<T>() => static _ =>
        new SequenceCodec<Stack<T>, T>(static () => new Stack<T>(), static (items, item) => items.Push(item), reversed: true);

    private static Func<Type, ObjectCodec> LinkedList<T>() => static _ =>
        new SequenceCodec<LinkedList<T>, T>(static () => new LinkedList<T>(), static (items, item) => items.AddLast(item));

    private static Func<Type, ObjectCodec> Collection<T>() => static _ =>
        new SequenceCodec<Collection<T>, T>(static () => [], static (items, item) => items.Add(item));

    private static Func<Type, ObjectCodec> ObservableCollection<T>() => static _ =>
        new SequenceCodec<ObservableCollection<T>, T>(static () => [], static (items, item) => items.Add(item));

    private static Func<Type, ObjectCodec> ConcurrentQueue<T>() => static _ =>
        new SequenceCodec<ConcurrentQueue<T>, T>(static () => new ConcurrentQueue<T>(), static (items, item) => items.Enqueue(item));

    private static Func<Type, ObjectCodec> ConcurrentStack<T>() => static _ =>
        new SequenceCodec<ConcurrentStack<T>, T>(static () => new ConcurrentStack<T>(), static (items, item) => items.Push(item), reversed: true);

    private static Func<Type, ObjectCodec> ConcurrentBag<T>() => static _ =>
        new SequenceCodec<ConcurrentBag<T>, T>(static () => [], static (items, item) => items.Add(item), reversed: true);

    private static Func<Type, ObjectCodec> Dictionary<TKey, TValue>()
        where TKey : notnull => static _ => new MapCodec<Dictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>>(
        static map => map.Comparer, EqualityComparer<TKey>.Default, static comparer => new(comparer), static (map, key, value) => map.TryAdd(key, value));

    private static Func<Type, ObjectCodec> SortedDictionary<TKey, TValue>()
        where TKey : notnull => static _ => new MapCodec<SortedDictionary<TKey, TValue>, TKey, TValue, IComparer<TKey>>(
        static map => map.Comparer, Comparer<TKey>.Default, static comparer => new(comparer), static (map, key, value) => map.TryAdd(key, value));

    private static Func<Type, ObjectCodec> SortedList<TKey, TValue>()
        where TKey : notnull => static _ => new MapCodec<SortedList<TKey, TValue>, TKey, TValue, IComparer<TKey>>(
        static map => map.Comparer, Comparer<TKey>.Default, static comparer => new(comparer), static (map, key, value) => map.TryAdd(key, value));

    private static Func<Type, ObjectCodec> OrderedDictionary<TKey, TValue>()
        where TKey : notnull => static _ => new MapCodec<OrderedDictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>>(
        static map => map.Comparer, EqualityComparer<TKey>.Default, static comparer => new(comparer), static (map, key, value) => map.TryAdd(key, value));

    private static Func<Type, ObjectCodec> ConcurrentDictionary<TKey, TValue>()
        where TKey : notnull => static _ => new MapCodec<ConcurrentDictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>>(
        static map => map.Comparer, EqualityComparer<TKey>.Default, static comparer => new(comparer), static (map, key, value) => map.TryAdd(key, value));

    private static Func<Type, ObjectCodec> HashSet<T>() => static _ => new SetCodec<HashSet<T>, T, IEqualityComparer<T>>(
        static set => set.Comparer, EqualityComparer<T>.Default, static comparer => new(comparer), static (set, item) => set.Add(item));

    private static Func<Type, ObjectCodec> SortedSet<T>() => static _ => new SetCodec<SortedSet<T>, T, IComparer<T>>(
        static set => set.Comparer, Comparer<T>.Default, static comparer => new(comparer), static (set, item) => set.Add(item));

    private static Func<Type, ObjectCodec> PriorityQueue<TElement, TPriority>() => static _ => new PriorityQueueCodec<TElement, TPriority>();

    private static Func<Type, ObjectCodec> ImmutableList<T>() => static _ => new ValueCodec<ImmutableList<T>>(
        static (e, value) => Elements<T>.Write(e, value.ToArray()), static d => System.Collections.Immutable.ImmutableList.Create(Elements<T>.Read(d)), tracked: true);

    private static Func<Type, ObjectCodec> ImmutableQueue<T>() => static _ => new ValueCodec<ImmutableQueue<T>>(
        static (e, value) => Elements<T>.Write(e, value.ToArray()), static d => System.Collections.Immutable.ImmutableQueue.Create(Elements<T>.Read(d)), tracked: true);

    private static Func<Type, ObjectCodec> ImmutableStack<T>() => static _ => new ValueCodec<ImmutableStack<T>>(
        static (e, value) =>
        {
            T[] items = [.. value];
            Array.Reverse(items); // a stack enumerates from its top
            Elements<T>.Write(e, items);
        },
        static d => System.Collections.Immutable.ImmutableStack.Create(Elements<T>.Read(d)), tracked: true);

    private static Func<Type, ObjectCodec> ImmutableHashSet<T>() => static _ => new ValueCodec<ImmutableHashSet<T>>(
        static (e, value) =>
        {
            ComparerCodecs.WriteComparer(e, value.KeyComparer, EqualityComparer<T>.Default, lateAllowed: false);
            SetItems<T>.Write(e, [.. value], lateAllowed: false);
        },
        static d =>
        {
            IEqualityComparer<T>? comparer = ComparerCodecs.ReadComparer<IEqualityComparer<T>>(d);
            return System.Collections.Immutable.ImmutableHashSet.Create(comparer, SetItems<T>.Read(d));
        },
        tracked: true);

    private static Func<Type, ObjectCodec> ImmutableSortedSet<T>() => static _ => new ValueCodec<ImmutableSortedSet<T>>(
        static (e, value) =>
        {
            ComparerCodecs.WriteComparer(e, value.KeyComparer, Comparer<T>.Default, lateAllowed: false);
            SetItems<T>.Write(e, [.. value], lateAllowed: false);
        },
        static d =>
        {
            IComparer<T>? comparer = ComparerCodecs.ReadComparer<IComparer<T>>(d);
            return System.Collections.Immutable.ImmutableSortedSet.Create(comparer, SetItems<T>.Read(d));
        },
        tracked: true);

    private static Func<Type, ObjectCodec> ImmutableDictionary<TKey, TValue>()
        where TKey : notnull => static _ => new ValueCodec<ImmutableDictionary<TKey, TValue>>(
        static (e, value) =>
        {
            ComparerCodecs.WriteComparer(e, value.KeyComparer, EqualityComparer<TKey>.Default, lateAllowed: false);
            ComparerCodecs.WriteComparer(e, value.ValueComparer, EqualityComparer<TValue>.Default, lateAllowed: false);
            MapEntries<TKey, TValue>.Write(e, [.. value], lateAllowed: false);
        },
        static d =>
        {
            IEqualityComparer<TKey>? keys = ComparerCodecs.ReadComparer<IEqualityComparer<TKey>>(d);
            IEqualityComparer<TValue>? values = ComparerCodecs.ReadComparer<IEqualityComparer<TValue>>(d);
            return System.Collections.Immutable.ImmutableDictionary.CreateRange(keys, values, MapEntries<TKey, TValue>.Read(d));
        },
        tracked: true);

    private static Func<Type, ObjectCodec> ImmutableSortedDictionary<TKey, TValue>()
        where TKey : notnull => static _ => new ValueCodec<ImmutableSortedDictionary<TKey, TValue>>(
        static (e, value) =>
        {
            ComparerCodecs.WriteComparer(e, value.KeyComparer, Comparer<TKey>.Default, lateAllowed: false);
            ComparerCodecs.WriteComparer(e, value.ValueComparer, EqualityComparer<TValue>.Default, lateAllowed: false);
            MapEntries<TKey, TValue>.Write(e, [.. value], lateAllowed: false);
        },
        static d =>
        {
            IComparer<TKey>? keys = ComparerCodecs.ReadComparer<IComparer<TKey>>(d);
            IEqualityComparer<TValue>? values = ComparerCodecs.ReadComparer<IEqualityComparer<TValue>>(d);
            return System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(keys, values, MapEntries<TKey, TValue>.Read(d));
        },
        tracked: true);

    private static Func<Type, ObjectCodec> FrozenSet<T>() => static type => new ValueCodec<FrozenSet<T>>(
        static (e, value) =>
        {
            ComparerCodecs.WriteComparer(e, value.Comparer, EqualityComparer<T>.Default, lateAllowed: false);
            SetItems<T>.Write(e, [.. value], lateAllowed: false);
        },
        static d =>
        {
            IEqualityComparer<T>? comparer = ComparerCodecs.ReadComparer<IEqualityComparer<T>>(d);
            return SetItems<T>.Read(d).ToFrozenSet(comparer);
        },
        type, tracked: true);

    private static Func<Type, ObjectCodec> FrozenDictionary<TKey, TValue>()
        where TKey : notnull => static type => new ValueCodec<FrozenDictionary<TKey, TValue>>(
        static (e, value) =>
        {
            ComparerCodecs.WriteComparer(e, value.Comparer, EqualityComparer<TKey>.Default, lateAllowed: false);
            MapEntries<TKey, TValue>.Write(e, [.. value], lateAllowed: false);
        },
        static d =>
        {
            IEqualityComparer<TKey>? comparer = ComparerCodecs.ReadComparer<IEqualityComparer<TKey>>(d);
            return MapEntries<TKey, TValue>.Read(d).ToFrozenDictionary(comparer);
        },
        type, tracked: true);
}
