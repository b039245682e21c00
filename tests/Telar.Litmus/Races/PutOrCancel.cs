using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

using Telar.Queues;

/// <summary>An await waits for an item; left puts one while right cancels the await. Either the await has it then, or the queue.</summary>
/// <param name="make">Makes the queue of an instance.</param>
internal readonly struct PutOrCancel(Func<IQueue<int>> make) : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("got it"),
        Outcome.Wanted("cancelled, item in the queue"),
        Outcome.Forbidden("cancelled, item lost"),
        Outcome.Forbidden("got it, item still in the queue"),
        Outcome.Forbidden("never ended"),
    ];

    private readonly IQueue<int>[] _queues = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly CancelledWaits _waits = new(Count);

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            IQueue<int> queue = _queues[instance];
            _waits.Begin(instance, token => queue.GetAsync(cancellationToken: token).AsTask(), ref dice);
            queue.Put(instance);
        }
        else
        {
            _waits.Cancel(instance, ref dice);
        }
    }

    public int Judge(int instance) => _waits.WasCancelled(instance) switch
    {
        null => 4,
        true => _queues[instance].TryGet(out _) ? 1 : 2,
        false => _queues[instance].TryGet(out _) ? 3 : 0,
    };
}
