using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>
/// A queue whose array is full. Left puts one more, so that the array is made anew, while right gets the first two. Right gets these two
/// if left had to make room or not, and the others are there in their order.
/// </summary>
/// <param name="make">Makes the queue of an instance.</param>
internal readonly struct PutToGrow(Func<IItems> make) : IRace
{
    private const int Count = 1024;

    // The first array of a queue has room for so many.
    private const int Room = 16;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("in order"),
        Outcome.Forbidden("lost"),
        Outcome.Forbidden("something else"),
    ];

    private readonly IItems[] _queues = [.. Enumerable.Range(0, Count).Select(_ => WithMany(make()))];
    private readonly Func<IItems> _make = make;
    private readonly int[] _outcome = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            _queues[instance].Put(Room);
            return;
        }

        _outcome[instance] = Look(_queues[instance], from: 0, to: 2);
    }

    public int Judge(int instance)
    {
        int outcome = Math.Max(_outcome[instance], Look(_queues[instance], from: 2, to: Room + 1));
        _queues[instance] = WithMany(_make());
        return outcome;
    }

    private static int Look(IItems queue, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (!queue.TryGet(out int item))
            {
                return 1;
            }

            if (item != i)
            {
                return 2;
            }
        }

        return 0;
    }

    private static IItems WithMany(IItems queue)
    {
        for (int i = 0; i < Room; i++)
        {
            queue.Put(i);
        }

        return queue;
    }
}
