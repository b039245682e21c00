using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Right begins to wait for an item, and left puts one at about that moment. Right must get it.</summary>
/// <param name="make">Makes the queue of an instance.</param>
/// <param name="patience">After how long a wake-up counts as lost.</param>
/// <param name="scale">The longest delay of left: 2^scale turns of a loop.</param>
internal readonly struct PutOrWait(Func<IItems> make, TimeSpan patience, int scale) : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("got it"),
        Outcome.Forbidden("got something else"),
        Outcome.Forbidden("wake-up lost"),
    ];

    private readonly IItems[] _queues = [.. Enumerable.Range(0, Count).Select(_ => make())];
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
            dice.Delay(scale);
            _queues[instance].Put(instance);
        }
        else
        {
            _outcome[instance] = !_queues[instance].Get(patience, out int item) ? 2 : item == instance ? 0 : 1;
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        if (_outcome[instance] == 2)
        {
            _queues[instance].TryGet(out _);
        }

        return _outcome[instance];
    }
}
