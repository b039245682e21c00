using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

using Telar.Queues;

/// <summary>Right begins to wait for room in a full queue of one, and left gets its item at about that moment. Right must put its own.</summary>
internal readonly struct GetOrWaitForRoom() : IRace
{
    private const int Count = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("put"),
        Outcome.Forbidden("an item is wrong"),
        Outcome.Forbidden("wake-up lost"),
    ];

    private readonly Queue<int>[] _queues = [.. Enumerable.Range(0, Count).Select(static _ => WithOne())];
    private readonly Meeting _meeting = new(Count);
    private readonly int[] _got = new int[Count];
    private readonly bool[] _isLate = new bool[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        _meeting.Meet(instance);
        if (side == 0)
        {
            dice.Delay(16);
            _got[instance] = _queues[instance].Get();
            return;
        }

        try
        {
            _queues[instance].Put(1, s_patience);
        }
        catch (QueueFullException)
        {
            _isLate[instance] = true;
        }
    }

    // The item of right is the one that the next batch begins with.
    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        return _isLate[instance] ? 2 : _got[instance] == 1 && _queues[instance].Count == 1 ? 0 : 1;
    }

    private static Queue<int> WithOne()
    {
        Queue<int> queue = new(1);
        queue.Put(1);
        return queue;
    }
}
