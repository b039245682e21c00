using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

using Telar.Threading.Threads;

/// <summary>Right begins to join a thread, and left ends it at about that moment. Right must come back.</summary>
internal readonly struct EndOrJoin() : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("joined"),
        Outcome.Forbidden("joined, and not ended"),
        Outcome.Forbidden("wake-up lost"),
    ];

    // Handles of a thread that is neither side's, and that they end all the same.
    private readonly ThreadHandle[] _handles = [.. Enumerable.Range(0, Count).Select(static _ => ThreadHandle.OfMain())];
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
            _handles[instance].SetDone();
        }
        else
        {
            _outcome[instance] = !_patience.Saw(_handles[instance].Join(_patience.Left, default)) ? 2 : _handles[instance].IsDone ? 0 : 1;
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _handles[instance] = ThreadHandle.OfMain();
        return _outcome[instance];
    }
}
