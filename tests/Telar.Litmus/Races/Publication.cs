using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>Left writes a message and sets an event; right, if it finds it set, reads the message.</summary>
internal readonly struct Publication() : IRace
{
    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("not set yet"),
        Outcome.Wanted("set, with the message"),
        Outcome.Forbidden("set, without the message"),
    ];

    private readonly Event[] _events = [.. Enumerable.Range(0, Count).Select(_ => new Event())];
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
            _events[instance].Set();
        }
        else
        {
            _outcome[instance] = !_events[instance].IsSet ? 0 : _message[instance] == 1 ? 1 : 2;
        }
    }

    public int Judge(int instance)
    {
        _events[instance].Clear();
        _message[instance] = 0;
        return _outcome[instance];
    }
}
