using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>An await waits for what is held; left releases it while right cancels the await. Either the await has it then, or nobody.</summary>
/// <param name="make">Makes what an instance has one of, free.</param>
internal readonly struct ReleaseOrCancel(Func<IAsyncAcquirable> make) : IRace
{
    private const int Count = 256;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("acquired"),
        Outcome.Wanted("cancelled"),
        Outcome.Forbidden("cancelled and gone"),
        Outcome.Forbidden("acquired and free"),
        Outcome.Forbidden("never ended"),
    ];

    private readonly IAsyncAcquirable[] _things = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly CancelledWaits _waits = new(Count);

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            IAsyncAcquirable thing = _things[instance];
            thing.Acquire();
            _waits.Begin(instance, token => thing.AcquireAsync(cancellationToken: token).AsTask(), ref dice);
            thing.Release();
        }
        else
        {
            _waits.Cancel(instance, ref dice);
        }
    }

    public int Judge(int instance)
    {
        if (_waits.WasCancelled(instance) is not { } wasCancelled)
        {
            return 4;
        }

        IAsyncAcquirable thing = _things[instance];
        if (wasCancelled)
        {
            bool isFree = thing.TryAcquire();
            if (isFree)
            {
                thing.Release();
            }

            return isFree ? 1 : 2;
        }

        if (!thing.IsLocked)
        {
            return 3;
        }

        thing.Release();
        return 0;
    }
}
