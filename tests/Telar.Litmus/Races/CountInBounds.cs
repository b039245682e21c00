using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

using Telar.Queues;

/// <summary>Left puts an item and gets it again; right looks how many there are, which is never anything but 0 or 1.</summary>
internal readonly struct CountInBounds() : IRace
{
    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("0"),
        Outcome.Wanted("1"),
        Outcome.Forbidden("neither"),
        Outcome.Forbidden("neither 0 nor 1 are not done"),
    ];

    private readonly Queue<int> _queue = new();
    private readonly int[] _seen = new int[1024];
    private readonly long[] _unfinished = new long[1024];

    public int Sides => 2;

    public int Instances => _seen.Length;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            _queue.Put(instance);
            _queue.Get();
            _queue.TaskDone();
            return;
        }

        _seen[instance] = _queue.Count;
        _unfinished[instance] = _queue.UnfinishedCount;
    }

    public int Judge(int instance) => _unfinished[instance] is < 0 or > 1 ? 3 : _seen[instance] is 0 or 1 ? _seen[instance] : 2;
}
