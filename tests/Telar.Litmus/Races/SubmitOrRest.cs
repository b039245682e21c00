using Telar.Concurrent.Futures;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>
/// Each side submits a call and waits for it, again and again, while the workers of the pool go to sleep, wake up, end and are started. No
/// call may be left in the queue with nobody to take it.
/// </summary>
/// <param name="pool">The pool.</param>
/// <param name="patience">After how long a call counts as left behind.</param>
internal readonly struct SubmitOrRest(ThreadPoolExecutor pool, TimeSpan patience) : IRace
{
    private const int Count = 256;

    // About as long as a worker looks for work before it sleeps.
    private const int Scale = 15;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("both ran"),
        Outcome.Forbidden("one was left behind"),
    ];

    private readonly bool[] _hasRun = new bool[Count * 2];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        dice.Delay(Scale);
        _hasRun[(instance * 2) + side] = Futures.Wait([pool.Submit(static () => { })], patience).NotDone.Count == 0;
    }

    public int Judge(int instance) => _hasRun[instance * 2] && _hasRun[(instance * 2) + 1] ? 0 : 1;
}
