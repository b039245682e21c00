using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>An await waits for what is held; left releases it while right cancels the await. Either the await has it then, or nobody.</summary>
/// <param name="make">Makes what an instance has one of, free.</param>
internal readonly struct ReleaseOrCancel(Func<IAsyncAcquirable> make) : IRace
{
    private const int Count = 256;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("acquired"),
        Outcome.Wanted("cancelled"),
        Outcome.Forbidden("cancelled and gone"),
        Outcome.Forbidden("acquired and free"),
        Outcome.Forbidden("never ended"),
    ];

    private readonly IAsyncAcquirable[] _things = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly Task<bool>?[] _awaits = new Task<bool>?[Count];
    private readonly CancellationTokenSource?[] _cancels = new CancellationTokenSource?[Count];
    private readonly Meeting _meeting = new(Count);

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        IAsyncAcquirable thing = _things[instance];
        if (side == 0)
        {
            CancellationTokenSource cancel = new();
            thing.Acquire();
            _awaits[instance] = thing.AcquireAsync(cancellationToken: cancel.Token).AsTask();
            _cancels[instance] = cancel;
            _meeting.Meet(instance);
            dice.Delay(9);
            thing.Release();
        }
        else
        {
            _meeting.Meet(instance);
            dice.Delay(9);
            _cancels[instance]!.Cancel(); // made before the meeting
        }
    }

    public int Judge(int instance)
    {
        _meeting.Reset(instance);
        _cancels[instance]?.Dispose();
        Task<bool> wait = _awaits[instance]!; // every side has played
        if (Task.WaitAny([wait], s_patience) < 0)
        {
            return 4;
        }

        IAsyncAcquirable thing = _things[instance];
        if (wait.IsCanceled)
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
