using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>
/// Right begins to wait for an event; left sets it, and clears it at once. Who waited at the moment of Set goes on; who came later is
/// woken by a second Set.
/// </summary>
/// <param name="clears">Whether left clears it; otherwise nobody needs the second Set.</param>
internal readonly struct Pulse(bool clears) : IRace
{
    private const int Count = 256;
    private const int Waiting = 0;
    private const int Woken = 1;
    private const int Lost = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Outcome[] _outcomes =
    [
        Outcome.Wanted("waited before Set, woken by it"),
        clears ? Outcome.Wanted("came later") : Outcome.Allowed("not seen waiting, went on"),
        Outcome.Forbidden("waited before Set, not woken by it"),
        Outcome.Forbidden("not woken at all"),
    ];

    private readonly Event[] _events = [.. Enumerable.Range(0, Count).Select(_ => new Event())];
    private readonly Meeting _meeting = new(Count);
    private readonly bool[] _waitedBefore = new bool[Count];
    private readonly int[] _state = new int[Count];
    private readonly int[] _outcome = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => _outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        Event flag = _events[instance];
        _meeting.Meet(instance);
        if (side == 1)
        {
            dice.Delay(8);
            bool woken = flag.Wait(s_patience);
            Volatile.Write(ref _state[instance], woken ? Woken : Lost);
            return;
        }

        dice.Delay(14);
        bool waitedBefore = flag.Statistics.WaitingCount == 1;
        flag.Set();
        if (clears)
        {
            flag.Clear();
        }

        bool wokenByIt = !waitedBefore || WaitFor(instance);
        flag.Set();
        _outcome[instance] = !WaitFor(instance) || _state[instance] == Lost ? 3 : !wokenByIt ? 2 : waitedBefore ? 0 : 1;
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _events[instance].Clear();
        _state[instance] = Waiting;
        return _outcome[instance];
    }

    // Half the patience of the wait: what the second Set must mend is not mended by the end of the wait.
    private bool WaitFor(int instance)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref _state[instance]) == Waiting)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > s_patience / 2)
            {
                return false;
            }

            System.Threading.Thread.Yield();
        }

        return true;
    }
}
