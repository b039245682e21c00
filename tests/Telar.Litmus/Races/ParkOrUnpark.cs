using Telar.Internal.Waiting;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Right parks until it sees a word; left writes the word and unparks it: before it parks, while it falls asleep, and after.</summary>
internal readonly struct ParkOrUnpark() : IRace
{
    private const int Count = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("seen before it parked"),
        Outcome.Wanted("parked and woken"),
        Outcome.Forbidden("slept on"),
    ];

    // One for all instances: right alone parks, and a permit left over from the instance before is the spurious wake-up to be borne.
    private readonly Parker _parker = Parker.Create();
    private readonly Meeting _meeting = new(Count);
    private readonly int[] _word = new int[Count];
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
            dice.Delay(13);
            Volatile.Write(ref _word[instance], 1);
            _parker.Unpark();
            return;
        }

        dice.Delay(10);
        int outcome = 0;
        WaitDeadline deadline = WaitDeadline.After(s_patience);
        while (Volatile.Read(ref _word[instance]) == 0)
        {
            _parker.Park(deadline);
            outcome = 1;
            if (deadline.IsOver)
            {
                outcome = 2;
                break;
            }
        }

        _outcome[instance] = outcome;
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _word[instance] = 0;
        return _outcome[instance];
    }
}
