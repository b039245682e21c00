using Telar.Internal.Waiting;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary><see cref="Exclusion"/>, for the lock under the locks.</summary>
internal readonly struct LatchExclusion() : IRace
{
    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("left first"),
        Outcome.Wanted("right first"),
        Outcome.Forbidden("both inside"),
    ];

    private readonly Latch[] _latches = new Latch[Count];
    private readonly int[] _number = new int[Count];
    private readonly int[] _foundByLeft = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        ref Latch latch = ref _latches[instance];
        latch.Enter();
        int found = _number[instance];
        if (side == 0)
        {
            _foundByLeft[instance] = found;
        }

        _number[instance] = found + 1;
        latch.Exit();
    }

    public int Judge(int instance)
    {
        int number = _number[instance];
        _number[instance] = 0;
        return number == 2 ? _foundByLeft[instance] : 2;
    }
}
