using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Telar.Serialization;

namespace Telar.Tests.Serialization;

/// <summary>Real payloads of every kind, each with what reads it.</summary>
internal static class Corpus
{
    internal static List<(byte[] Payload, Func<PayloadReader, DecodeContext, object?> Read)> Make()
    {
        var all = new List<(byte[], Func<PayloadReader, DecodeContext, object?>)>();
        int k = 5;
        string text = "caf\u00E9";
        Func<int, int> closure = x => x + k + text.Length;
        Func<int, int>? recursive = null;
        recursive = x => x == 0 ? 0 : recursive!(x - 1);
        var tree = new GraphTests.Tree { Name = "root" };
        tree.Children.Add(new GraphTests.Tree { Name = "leaf", Parent = tree });
        GraphTests.Link? chain = null;
        for (int i = 0; i < 120; i++)
        {
            chain = new GraphTests.Link { Value = i, Next = chain };
        }

        Exception thrown;
        try
        {
            throw new ExceptionTests.ShopException("no milk", 7, ["a"]);
        }
        catch (ExceptionTests.ShopException e)
        {
            e.Data["k"] = 1;
            thrown = new AggregateException("all", e, new SocketException((int)SocketError.TimedOut), new InvalidOperationException("x", e));
        }

        Add(42);
        Add("hello \uD83D\uDE00");
        Add(1.5m);
        Add(DateTime.UnixEpoch);
        Add<object?>(new object?[] { 1, "x", null, 2.5, true, 'c', Guid.Empty, TimeSpan.Zero, DayOfWeek.Friday, new Uri("http://x/"), new Version(1, 2), typeof(List<int>) });
        Add(new int[] { 1, 2, 3 });
        Add(new[,] { { "a", "b" }, { "c", null } });
        Add(new double[3, 4]);
        Add(new List<string?> { "a", "bb", null, "cccc" });
        Add(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1, ["b"] = 2 });
        Add(new Dictionary<object, object> { [1] = "x", ["y"] = new List<int> { 1 }, [(1, "z")] = new HashSet<int> { 4 } });
        Add(new SortedDictionary<string, DateTime> { ["z"] = DateTime.MaxValue });
        Add(new SortedSet<int>(Comparer<int>.Create((x, y) => y.CompareTo(x))) { 1, 2, 3 });
        Add(new HashSet<string>(new CollectionTests.ByLength()) { "a", "bb" });
        Add(new PriorityQueue<string, int>([("a", 1), ("b", 2)]));
        Add(new ConcurrentDictionary<int, string>([new(1, "a"), new(2, "b")]));
        Add(new Stack<object>([1, "a"]));
        Add(ImmutableDictionary.CreateRange([new KeyValuePair<string, int>("a", 1)]));
        Add(ImmutableArray.Create("a", "b"));
        Add(new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary());
        Add(new BitArray([true, false, true]));
        Add(new Regex("a+b", RegexOptions.IgnoreCase));
        Add(BigInteger.Pow(7, 50));
        Add(new StringBuilder("built"));
        Add(CultureInfo.InvariantCulture);
        Add(TimeZoneInfo.Utc);
        Add<Encoding>(new UTF8Encoding(false, true));
        Add((1, "a", (2.5, DateOnly.MaxValue, new int?(3)), new { A = 1 }));
        Add(new GraphTests.Student("Ada", 36, "Maths"));
        Add(tree);
        Add(chain);
        Add(closure);
        Add(recursive);
        Add<Func<int>>(static () => 1);
        Add<Func<double, double>>(Math.Sqrt);
        Add<Func<int>[]>([() => k, () => text.Length + k]);
        Add<Action<string>>((Action<string>)new List<string>().Add + (s => k += s.Length));
        Add(thrown);
        Add<Exception?>(new OperationCanceledException(new CancellationToken(true)));
        Add(new Lazy<int>(3));
        Add(Enumerable.Range(0, 40).Select(i => new GraphTests.Person("p" + i, i)).ToList());
        AddDeferred(tree);
        AddDeferred<object?>(new object?[] { closure, recursive, tree, chain, new Dictionary<object, object?> { [1] = closure, ["x"] = tree } });
        AddDeferred<Func<int>[]>([() => k, () => text.Length + k]);
        return all;

        void AddDeferred<T>(T value) =>
            all.Add((Codec.Encode(value, new EncodeContext { DeferDepth = 1 }), static (reader, context) => TypedCodec.Read<T>(reader, context)));

        void Add<T>(T value) => all.Add((Codec.Encode(value), static (reader, context) => TypedCodec.Read<T>(reader, context)));
    }
}
