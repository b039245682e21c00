using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G6: a map over a huge lazy input takes at most its window.</summary>
public sealed class G06BoundedMap : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_take_one_result_of_200_000_and_at_most_the_window_is_consumed()
    {
        await using ProcessPoolExecutor pool = new(2);
        int consumed = 0;
        IEnumerable<int> Items()
        {
            for (int i = 0; i < 200_000; i++)
            {
                Interlocked.Increment(ref consumed);
                yield return i;
            }
        }

        int first = pool.Map(static number => number + 1, Items()).First();

        Assert.Equal(1, first);
        Assert.InRange(Volatile.Read(ref consumed), 1, 2 * 2 + 1);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_every_result_of_a_long_map_in_order()
    {
        await using ProcessPoolExecutor pool = new(2);

        long sum = 0;
        int expected = 0;
        foreach (int number in pool.Map(static number => number * 2, Enumerable.Range(0, 200_000)))
        {
            Assert.Equal(expected, number);
            expected += 2;
            sum += number;
        }

        Assert.Equal(199_999L * 200_000, sum);
    }
}
