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
    private readonly CancelledWaits _waits = new(Count);

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            RateLimit limit = _limits[instance];
            _waits.Begin(instance, token => limit.TakeAsync(priority: 0, token), ref dice);
            limit.GiveBack();
        }
        else
        {
            _waits.Cancel(instance, ref dice);
        }
    }

    // The permit of each instance is taken again, for the next round.
    public int Judge(int instance) => _waits.WasCancelled(instance) switch
    {
        null => 4,
        true => _limits[instance].TryTake() ? 1 : 2,
        false => _limits[instance].TryTake() ? 3 : 0,
    };

    private static RateLimit Taken()
    {
        // It gets no other permit while this runs.
        RateLimit limit = new(permits: 1, TimeSpan.FromDays(30));
        _ = limit.TryTake();
        return limit;
    }
}
