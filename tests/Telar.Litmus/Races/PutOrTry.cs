using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Left puts an item into an empty queue; right tries to get it. It comes whole, once, now or later.</summary>
/// <param name="make">Makes the queue of an instance.</param>
internal readonly struct PutOrTry(Func<IItems> make) : IRace
{
    private const int Count = 2048;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("tried too early"),
        Outcome.Wanted("got it"),
        Outcome.Forbidden("got something else"),
        Outcome.Forbidden("lost"),
        Outcome.Forbidden("there twice"),
    ];

    private readonly IItems[] _queues = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly int[] _got = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            _queues[instance].Put(instance);
        }
        else
        {
            _got[instance] = _queues[instance].TryGet(out int item) ? item : -1;
        }
    }

    public int Judge(int instance)
    {
        bool isLeft = _queues[instance].TryGet(out int left);
        return _got[instance] switch
        {
            -1 when !isLeft => 3,
            -1 => left == instance ? 0 : 2,
            int got when got != instance => 2,
            _ => isLeft ? 4 : 1,
        };
    }
}
