using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>
/// Two threads wait for a condition, one of them with a time limit that ends at about the moment at which a third one notifies one of
/// them. The notification reaches one that still waits, and only one.
/// </summary>
internal readonly struct NotifyOrTimeOut() : IRace
{
    private const int Count = 64;
    private const int Notified = 1;
    private const int Late = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("notified the one with the limit"),
        Outcome.Wanted("notified the other one"),
        Outcome.Forbidden("notification lost"),
        Outcome.Forbidden("both notified"),
    ];

    private readonly Condition[] _conditions = [.. Enumerable.Range(0, Count).Select(static _ => new Condition(new Threading.Lock()))];
    private readonly Meeting _meeting = new(Count, sides: 3);

    // 0 until the wait is over.
    private readonly int[] _limited = new int[Count];
    private readonly int[] _unlimited = new int[Count];
    private readonly int[] _waiting = new int[Count];
    private readonly int[] _outcome = new int[Count];

    public int Sides => 3;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        _meeting.Meet(instance);
        switch (side)
        {
            case 0:
                Notify(instance, ref dice);
                break;
            case 1:
                Wait(instance, TimeSpan.FromMicroseconds(dice.Next() % 200), ref _limited[instance]);
                break;
            default:
                Wait(instance, s_patience, ref _unlimited[instance]);
                break;
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _limited[instance] = _unlimited[instance] = _waiting[instance] = 0;
        return _outcome[instance];
    }

    private void Wait(int instance, TimeSpan timeout, ref int result)
    {
        Condition condition = _conditions[instance];
        using (condition.Enter())
        {
            _waiting[instance]++;
            bool notified = condition.Wait(timeout);
            Volatile.Write(ref result, notified ? Notified : Late);
        }
    }

    private void Notify(int instance, ref Dice dice)
    {
        Condition condition = _conditions[instance];
        bool areWaiting = false;
        while (!areWaiting)
        {
            dice.Delay(14);
            using (condition.Enter())
            {
                // Who counted himself in and gave the lock back waits.
                areWaiting = _waiting[instance] == 2;
                if (areWaiting)
                {
                    condition.Notify();
                }
            }
        }

        // The limited wait ends soon, one way or the other.
        if (Await(ref _limited[instance]) == Late)
        {
            _outcome[instance] = Await(ref _unlimited[instance]) == Notified ? 1 : 2;
            return;
        }

        dice.Delay(10);
        bool both = Volatile.Read(ref _unlimited[instance]) != 0;
        using (condition.Enter())
        {
            condition.Notify();
        }

        _outcome[instance] = Await(ref _unlimited[instance]) != Notified ? 2 : both ? 3 : 0;
    }

    private static int Await(ref int result)
    {
        while (Volatile.Read(ref result) == 0)
        {
            System.Threading.Thread.Yield();
        }

        return result;
    }
}
