using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>Both sides try to take the one thing there is, and keep it: exactly one gets it.</summary>
/// <param name="make">Makes what an instance has one of.</param>
internal readonly struct TryForTheLast(Func<IAcquirable> make) : IRace
{
    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Forbidden("nobody got it"),
        Outcome.Wanted("left got it"),
        Outcome.Wanted("right got it"),
        Outcome.Forbidden("both got it"),
    ];

    private readonly IAcquirable[] _things = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly bool[] _leftGot = new bool[Count];
    private readonly bool[] _rightGot = new bool[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice) =>
        (side == 0 ? _leftGot : _rightGot)[instance] = _things[instance].TryAcquire();

    public int Judge(int instance)
    {
        int outcome = (_leftGot[instance] ? 1 : 0) + (_rightGot[instance] ? 2 : 0);
        if (outcome is 1 or 2)
        {
            _things[instance].Release();
        }

        return outcome;
    }
}
