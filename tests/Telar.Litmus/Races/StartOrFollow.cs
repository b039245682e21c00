using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Submitting;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Left starts a call, right has its start followed. The place of the call is given back, and once.</summary>
internal readonly struct StartOrFollow() : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("given back"),
        Outcome.Forbidden("kept"),
        Outcome.Forbidden("given back twice"),
    ];

    private readonly FutureSource<int>[] _calls = [.. Enumerable.Range(0, Count).Select(static _ => new FutureSource<int>())];
    private readonly PendingRoom[] _rooms = [.. Enumerable.Range(0, Count).Select(static _ => Taken())];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 8;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            _calls[instance].SetRunningOrNotifyCancel();
        }
        else
        {
            new PendingPlace(_rooms[instance]).Follow(_calls[instance].Future);
        }
    }

    public int Judge(int instance)
    {
        PendingRoom room = _rooms[instance];
        _calls[instance] = new FutureSource<int>();
        if (!room.TryEnter())
        {
            return 1; // and it stays taken, as in Taken
        }

        return room.TryEnter() ? 2 : 0;
    }

    private static PendingRoom Taken()
    {
        PendingRoom room = new(1);
        _ = room.TryEnter();
        return room;
    }
}
