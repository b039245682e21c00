using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Telar.Tests.ContextVars;

using Telar.ContextVars;

public class ContextMapTests
{
    private static readonly ContextVar<int> s_any = new("any");

    // Numbers that agree in their low bits make deep nodes; a few of them meet again and again.
    private static readonly uint[] s_ids =
        [0, 1, 2, 31, 32, 33, 64, 1024, 1 << 15, 1 << 20, 1 << 25, 1u << 30, 3u << 30, uint.MaxValue, uint.MaxValue - 32, uint.MaxValue >> 2];

    [Fact(Timeout = 120_000)]
    public void With_AndWithout_DoWhatADictionaryDoes() =>
        Prop.ForAll<List<Tuple<int, int>>>(changes =>
        {
            ContextMap map = default;
            Dictionary<uint, int> expected = [];
            List<(ContextMap Map, Dictionary<uint, int> Expected)> versions = [(map, [])];
            foreach ((int which, int value) in changes)
            {
                uint id = s_ids[(which & int.MaxValue) % s_ids.Length];
                if (value % 3 == 0)
                {
                    map = map.Without(id);
                    expected.Remove(id);
                }
                else
                {
                    map = map.With(new Binding<int>(s_any, id, value));
                    expected[id] = value;
                }

                versions.Add((map, new Dictionary<uint, int>(expected)));
            }

            // Every version is still what it was: it may be in a flow that forked.
            return versions.All(version => IsSame(version.Map, version.Expected));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500).WithEndSize(60));

    [Fact(Timeout = 120_000)]
    public void Without_TheLastOfADeepNode_LeavesNoEmptyNodes()
    {
        ContextMap map = default;
        foreach (uint id in s_ids)
        {
            map = map.With(new Binding<int>(s_any, id, 1));
        }

        foreach (uint id in s_ids)
        {
            map = map.Without(id);
            Assert.Null(map.Find(id));
        }

        Assert.Equal(0, map.Count);
        Assert.Empty(map.Bindings());
    }

    [Fact(Timeout = 120_000)]
    public void HasContentOf_LooksAtValuesAndNotAtTheWayThere() =>
        Prop.ForAll<Dictionary<int, int>, int>((content, seed) =>
        {
            KeyValuePair<int, int>[] shuffled = [.. content];
            new Random(seed).Shuffle(shuffled);
            ContextMap one = content.Aggregate(default(ContextMap), Add);
            ContextMap other = Add(shuffled.Aggregate(default(ContextMap), Add), new(7_000_000, 1)).Without(7_000_000);
            ContextMap more = Add(one, new(7_000_000, 1));
            return one.HasContentOf(other) && other.HasContentOf(one) && !one.HasContentOf(more) && !more.HasContentOf(other);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    private static ContextMap Add(ContextMap map, KeyValuePair<int, int> entry) =>
        map.With(new Binding<int>(s_any, (uint)entry.Key, entry.Value));

    private static bool IsSame(ContextMap map, Dictionary<uint, int> expected) =>
        map.Count == expected.Count
        && expected.All(pair => map.Find(pair.Key)?.Value is int value && value == pair.Value)
        && s_ids.All(id => expected.ContainsKey(id) == map.Find(id) is not null)
        && map.Bindings().Select(binding => binding.Id).Order().SequenceEqual(expected.Keys.Order());
}
