using Telar.Litmus.Harness;
using Telar.Threading;

namespace Telar.Litmus.Races;

/// <summary>Each side adds one to a plain number under a lock.</summary>
/// <param name="make">Makes the lock of an instance.</param>
/// <param name="depth">How often each side acquires it.</param>
internal readonly struct Exclusion(Func<IAcquirable> make, int depth = 1) : IRace
{
    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("left first"),
        Outcome.Wanted("right first"),
        Outcome.Forbidden("both inside"),
        Outcome.Forbidden("still held"),
    ];

    private readonly IAcquirable[] _locks = [.. Enumerable.Range(0, Count).Select(_ => make())];
    private readonly int[] _number = new int[Count];
    private readonly int[] _foundByLeft = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        IAcquirable taken = _locks[instance];
        for (int i = 0; i < depth; i++)
        {
            taken.Acquire();
        }

        int found = _number[instance];
        if (side == 0)
        {
            _foundByLeft[instance] = found;
        }

        _number[instance] = found + 1;
        for (int i = 0; i < depth; i++)
        {
            taken.Release();
        }
    }

    public int Judge(int instance)
    {
        int number = _number[instance];
        _number[instance] = 0;
        if (number != 2)
        {
            return 2;
        }

        return _locks[instance].IsLocked ? 3 : _foundByLeft[instance];
    }
}
