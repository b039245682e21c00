using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>
/// Producers put numbered items into one queue, as many consumers get them. Each item comes once, and the items of a producer come in
/// order to each consumer. An instance is one item of each producer.
/// </summary>
internal readonly struct Stream : IRace
{
    private const int Count = 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("there at once"),
        Outcome.Wanted("waited for"),
        Outcome.Forbidden("lost"),
        Outcome.Forbidden("twice"),
        Outcome.Forbidden("out of order"),
    ];

    private readonly IItems _queue;
    private readonly int _pairs;

    // By producer and number: how often it came. By consumer and instance: what came, and whether it was waited for.
    private readonly int[] _came;
    private readonly int[] _got;
    private readonly bool[] _waited;

    /// <param name="queue">Empty.</param>
    /// <param name="pairs">How many producers, and how many consumers.</param>
    public Stream(IItems queue, int pairs)
    {
        _queue = queue;
        _pairs = pairs;
        _came = new int[pairs * Count];
        _got = new int[pairs * Count];
        _waited = new bool[pairs * Count];
    }

    public int Sides => 2 * _pairs;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side % 2 == 0)
        {
            _queue.Put((side / 2 * Count) + instance);
            return;
        }

        int index = (side / 2 * Count) + instance;
        _waited[index] = !_queue.TryGet(out int item);
        if (_waited[index] && !_queue.Get(s_patience, out item))
        {
            item = -1;
        }

        _got[index] = item;
        if (item >= 0)
        {
            Interlocked.Increment(ref _came[item]);
        }
    }

    public int Judge(int instance)
    {
        int outcome = 0;
        for (int pair = 0; pair < _pairs; pair++)
        {
            int index = (pair * Count) + instance;
            int came = Interlocked.Exchange(ref _came[index], 0);
            outcome = Math.Max(outcome, came == 0 ? 2 : came > 1 ? 3 : IsOutOfOrder(pair, instance) ? 4 : _waited[index] ? 1 : 0);
        }

        return outcome;
    }

    // Whether the item that this consumer got just before from the same producer has a later number.
    private bool IsOutOfOrder(int consumer, int instance)
    {
        int item = _got[(consumer * Count) + instance];
        for (int before = instance - 1; before >= 0; before--)
        {
            int other = _got[(consumer * Count) + before];
            if (other / Count == item / Count)
            {
                return other > item;
            }
        }

        return false;
    }
}
