using Telar.Concurrent.Futures;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>A call waits for the only permit; left gives it back while right cancels the call. One of the two has it afterwards.</summary>
internal readonly struct GrantOrCancel() : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("granted"),
        Outcome.Wanted("cancelled"),
        Outcome.Forbidden("cancelled and gone"),
        Outcome.Forbidden("granted and there"),
        Outcome.Forbidden("never ended"),
    ];

    private readonly RateLimit[] _limits = [.. Enumerable.Range(0, Count).Select(static _ => Taken())];
    private readonly Task?[] _calls = new Task?[Count];
    private readonly CancellationTokenSource?[] _cancels = new CancellationTokenSource?[Count];
    private readonly Meeting _meeting = new(Count);

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            CancellationTokenSource cancel = new();
            _cancels[instance] = cancel;
            _calls[instance] = _limits[instance].TakeAsync(priority: 0, cancel.Token);
            _meeting.Meet(instance);
            dice.Delay(9);
            _limits[instance].GiveBack();
        }
        else
        {
            _meeting.Meet(instance);
            dice.Delay(9);
            _cancels[instance]!.Cancel(); // made before the meeting
        }
    }

    // The permit of each instance is taken again, for the next round.
    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _cancels[instance]?.Dispose();
        Task call = _calls[instance]!; // every side has played
        bool isThere = _limits[instance].TryTake();
        return !call.IsCompleted ? 4 : call.IsCanceled ? (isThere ? 1 : 2) : (isThere ? 3 : 0);
    }

    private static RateLimit Taken()
    {
        // It gets no other permit while this runs.
        RateLimit limit = new(permits: 1, TimeSpan.FromDays(30));
        _ = limit.TryTake();
        return limit;
    }
}
