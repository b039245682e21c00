using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

using Telar.Queues;

/// <summary>Right begins to join a queue whose one item is not done, and left says that it is at about that moment. Right must come back.</summary>
internal readonly struct DoneOrJoin() : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("joined"),
        Outcome.Forbidden("joined, and not done"),
        Outcome.Forbidden("wake-up lost"),
    ];

    private readonly Queue<int>[] _queues = [.. Enumerable.Range(0, Count).Select(static _ => WithOneTask())];
    private readonly Patience _patience = new();
    private readonly Meeting _meeting = new(Count);
    private readonly int[] _outcome = new int[Count];

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
            _queues[instance].TaskDone();
        }
        else
        {
            _outcome[instance] = !_patience.Saw(_queues[instance].Join(_patience.Left)) ? 2 : _queues[instance].UnfinishedCount == 0 ? 0 : 1;
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        PutAndGet(_queues[instance]);
        return _outcome[instance];
    }

    private static Queue<int> WithOneTask()
    {
        Queue<int> queue = new();
        PutAndGet(queue);
        return queue;
    }

    private static void PutAndGet(Queue<int> queue)
    {
        queue.Put(1);
        queue.Get();
    }
}
