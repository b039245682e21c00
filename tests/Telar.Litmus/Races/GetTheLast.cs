using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Both sides try to get the one item of a queue: exactly one gets it.</summary>
/// <param name="make">Makes the queue of an instance.</param>
internal readonly struct GetTheLast(Func<IItems> make) : IRace
{
    private const int Count = 2048;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Forbidden("nobody got it"),
        Outcome.Wanted("left got it"),
        Outcome.Wanted("right got it"),
        Outcome.Forbidden("both got it"),
    ];

    private readonly IItems[] _queues = [.. Enumerable.Range(0, Count).Select(_ => WithOne(make()))];
    private readonly bool[] _leftGot = new bool[Count];
    private readonly bool[] _rightGot = new bool[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice) =>
        (side == 0 ? _leftGot : _rightGot)[instance] = _queues[instance].TryGet(out _);

    public int Judge(int instance)
    {
        _queues[instance].Put(1);
        return (_leftGot[instance] ? 1 : 0) + (_rightGot[instance] ? 2 : 0);
    }

    private static IItems WithOne(IItems queue)
    {
        queue.Put(1);
        return queue;
    }
}
