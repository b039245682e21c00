using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>
/// Right begins to wait for what left holds, and left releases it at about that moment: before right looks, while it queues, while it
/// spins, while it falls asleep, and after. Right must get it.
/// </summary>
/// <param name="makeHeld">Makes what an instance has one of, held.</param>
/// <param name="patience">After how long a wake-up counts as lost.</param>
/// <param name="scale">The longest delay of left: 2^scale turns of a loop.</param>
internal readonly struct Handover(Func<IAcquirable> makeHeld, TimeSpan patience, int scale) : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("released before"),
        Outcome.Wanted("waited for"),
        Outcome.Forbidden("wake-up lost"),
    ];

    private readonly IAcquirable[] _things = [.. Enumerable.Range(0, Count).Select(_ => makeHeld())];
    private readonly Meeting _meeting = new(Count);
    private readonly int[] _outcome = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        IAcquirable thing = _things[instance];
        if (side == 0)
        {
            _meeting.Meet(instance);
            dice.Delay(scale);
            thing.Release();
        }
        else
        {
            // A try first, in some instances only: it tells how it went, but makes the wait begin later.
            _meeting.Meet(instance);
            bool looks = (dice.Next() & 3) == 0;
            _outcome[instance] = looks && thing.TryAcquire() ? 0 : thing.Acquire(patience) ? 1 : 2;
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        return _outcome[instance];
    }
}
