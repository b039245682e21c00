using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class PropertyTests
{
    private static readonly Config s_quiet = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    private static void ComesBack<T>() =>
        Prop.ForAll<T>(static value => EqualityComparer<T>.Default.Equals(value, Codec.RoundTrip(value)) && Equals(value, Codec.RoundTrip<object?>(value)))
            .Check(s_quiet);

    private static void ItemsComeBack<T, TItem>(Func<List<TItem>, T> make)
        where T : IEnumerable<TItem> =>
        Prop.ForAll<List<TItem>>(items => make(items).SequenceEqual(Codec.RoundTrip(make(items)))).Check(s_quiet);

    [Fact(Timeout = 120_000)]
    public void Values_ComeBack()
    {
        ComesBack<int>();
        ComesBack<long>();
        ComesBack<byte>();
        ComesBack<char>();
        ComesBack<double>();
        ComesBack<decimal>();
        ComesBack<bool>();
        ComesBack<string?>();
        ComesBack<Guid>();
        ComesBack<DateTime>();
        ComesBack<DateTimeOffset>();
        ComesBack<TimeSpan>();
        ComesBack<BigInteger>();
        ComesBack<int?>();
        ComesBack<DayOfWeek>();
        ComesBack<(int, string?, double)>();
        ComesBack<Tuple<string?, long>>();
        ComesBack<KeyValuePair<int, string?>>();
    }

    [Fact(Timeout = 120_000)]
    public void Collections_ComeBack()
    {
        ItemsComeBack<List<int>, int>(items => items);
        ItemsComeBack<string?[], string?>(items => [.. items]);
        ItemsComeBack<Queue<(int, string?)>, (int, string?)>(items => new(items));
        ItemsComeBack<Stack<double>, double>(items => new(items));
        ItemsComeBack<LinkedList<string?>, string?>(items => new(items));
        ItemsComeBack<SortedSet<int>, int>(items => [.. items]);
        ItemsComeBack<ConcurrentQueue<DateTime>, DateTime>(items => new(items));
        ItemsComeBack<ImmutableList<int?>, int?>(items => [.. items]);
        ItemsComeBack<ImmutableSortedSet<string>, string>(items => [.. items.Where(item => item is not null)]);
        Prop.ForAll<Dictionary<int, string?>>(map => map.OrderBy(e => e.Key).SequenceEqual(Codec.RoundTrip(map).OrderBy(e => e.Key))).Check(s_quiet);
        Prop.ForAll<List<string?>>(items => items.ToHashSet().SetEquals(Codec.RoundTrip(items.ToHashSet()))).Check(s_quiet);
    }

    // Objects that refer to each other in any way at all: what comes back has the same shape, neither more nor fewer objects.
    [Fact(Timeout = 120_000)]
    public void GraphsOfAnyShape_ComeBack() =>
        Prop.ForAll<(int From, int To, int Way)[]>(static edges =>
        {
            const int Count = 12;
            Node[] nodes = [.. Enumerable.Range(0, Count).Select(static i => new Node(i))];
            foreach ((int from, int to, int way) in edges)
            {
                nodes[Mod(from)].Point(nodes[Mod(to)], way);
            }

            return SameAfter(nodes, 48) && SameAfter(nodes, 7) && SameAfter(nodes, 3) && SameAfter(nodes, 1) && SameAfter(nodes, 0);

            static bool SameAfter(Node[] nodes, int deferDepth)
            {
                var pairs = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
                return SameShape(nodes, Codec.RoundTrip(nodes, deferDepth), pairs)
                    && pairs.Count == Count && pairs.Values.Distinct(ReferenceEqualityComparer.Instance).Count() == Count;
            }

            static int Mod(int value) => (int)((uint)value % Count);
        }).Check(s_quiet.WithMaxTest(300));

    [Fact(Timeout = 120_000)]
    public async Task ManyThreads_MayMeetAColdTypeAtOnce()
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] all =
        [
            .. Enumerable.Range(0, 8).Select(t => Task.Run(
                async () =>
                {
                    await start.Task;
                    for (int i = 0; i < 200; i++)
                    {
                        int n = i;
                        var cold = new Cold<(int, Cold<string>)>((t, new Cold<string>("x")), () => n + t);
                        Cold<(int, Cold<string>)> back = Codec.RoundTrip(cold);
                        Assert.Equal((cold.Item, n + t), (back.Item, back.Compute!()));
                    }
                },
                TestContext.Current.CancellationToken)),
        ];
        start.SetResult();
        await Task.WhenAll(all);
    }

    private static bool SameShape(Node?[] these, Node?[] those, Dictionary<Node, Node> pairs)
    {
        if (these.Length != those.Length)
        {
            return false;
        }

        for (int i = 0; i < these.Length; i++)
        {
            if (these[i] is not { } a || those[i] is not { } b)
            {
                if (these[i] is null && those[i] is null)
                {
                    continue;
                }

                return false;
            }

            if (pairs.TryGetValue(a, out Node? known))
            {
                if (!ReferenceEquals(known, b))
                {
                    return false;
                }

                continue;
            }

            pairs.Add(a, b);
            if (a.Id != b.Id || !SameShape(a.All(), b.All(), pairs))
            {
                return false;
            }
        }

        return true;
    }

    internal sealed record Cold<T>(T Item, Func<int>? Compute = null);

    [Sendable]
    internal sealed class Node(int id)
    {
        private readonly List<Node> _list = [];
        private readonly Dictionary<string, Node> _map = [];
        private readonly Dictionary<Node, int> _keys = [];
        private object? _boxed;
        private Node? _next;
        private Func<Node>? _function;
        private Node?[]? _array;
        private (int, Node?) _pair;

        internal int Id { get; } = id;

        internal void Point(Node to, int way)
        {
            switch ((uint)way % 8)
            {
                case 0:
                    _list.Add(to);
                    break;
                case 1:
                    _map[to.Id.ToString("D2", null)] = to;
                    break;
                case 2:
                    _keys[to] = to.Id;
                    break;
                case 3:
                    _boxed = to;
                    break;
                case 4:
                    _next = to;
                    break;
                case 5:
                    _function = () => to;
                    break;
                case 6:
                    _array = [to, this, to];
                    break;
                default:
                    _pair = (1, to);
                    break;
            }
        }

        internal Node?[] All() =>
        [
            .. _list, .. _map.OrderBy(e => e.Key).Select(e => e.Value), .. _keys.OrderBy(e => e.Value).Select(e => e.Key), (Node?)_boxed, _next,
            _function?.Invoke(), .. _array ?? [], _pair.Item2,
        ];
    }
}
