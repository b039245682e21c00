using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>Left, who holds it, writes a message and releases; right tries: if it gets it, it reads the message.</summary>
/// <param name="makeHeld">Makes what an instance has one of, held.</param>
internal readonly struct ReleaseOrTry(Func<IAcquirable> makeHeld) : IRace
{
    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("tried too early"),
        Outcome.Wanted("got it, with the message"),
        Outcome.Forbidden("got it, without the message"),
        Outcome.Forbidden("lost"),
    ];

    private readonly IAcquirable[] _things = [.. Enumerable.Range(0, Count).Select(_ => makeHeld())];
    private readonly int[] _message = new int[Count];
    private readonly int[] _outcome = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            _message[instance] = 1;
            _things[instance].Release();
        }
        else
        {
            _outcome[instance] = !_things[instance].TryAcquire() ? 0 : _message[instance] == 1 ? 1 : 2;
        }
    }

    // Held again at the end, for the next batch.
    public int Judge(int instance)
    {
        int outcome = _outcome[instance];
        _message[instance] = 0;
        return outcome == 0 && !_things[instance].TryAcquire() ? 3 : outcome;
    }
}
