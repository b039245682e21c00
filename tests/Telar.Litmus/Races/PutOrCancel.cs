using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

using Telar.Queues;

/// <summary>An await waits for an item; left puts one while right cancels the await. Either the await has it then, or the queue.</summary>
/// <param name="make">Makes the queue of an instance.</param>
internal readonly struct PutOrCancel(Func<IQueue<int>> make) : IRace
{
    private const int Count = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("got it"),
        Outcome.Wanted("cancelled, item in the queue"),
        Outcome.Forbidden("cancelled, item lost"),
        Outcome.Forbidden("got it, item still in the queue"),
        Outcome.Forbidden("never ended"),
    ];

    private readonly IQueue<int>[] _queues = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly Task<int>?[] _awaits = new Task<int>?[Count];
    private readonly CancellationTokenSource?[] _cancels = new CancellationTokenSource?[Count];
    private readonly Meeting _meeting = new(Count);

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        IQueue<int> queue = _queues[instance];
        if (side == 0)
        {
            CancellationTokenSource cancel = new();
            _awaits[instance] = queue.GetAsync(cancellationToken: cancel.Token).AsTask();
            _cancels[instance] = cancel;
            _meeting.Meet(instance);
            dice.Delay(9);
            queue.Put(instance);
        }
        else
        {
            _meeting.Meet(instance);
            dice.Delay(9);
            _cancels[instance]!.Cancel(); // made before the meeting
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _cancels[instance]?.Dispose();
        Task<int> wait = _awaits[instance]!; // every side has played
        if (Task.WaitAny([wait], s_patience) < 0)
        {
            return 4;
        }

        bool isLeft = _queues[instance].TryGet(out _);
        return wait.IsCanceled ? (isLeft ? 1 : 2) : isLeft ? 3 : 0;
    }
}
