using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Both sides write their word, meet at a barrier, and read the other's: nobody leaves before both have come.</summary>
internal readonly struct Crossing() : IRace
{
    private const int Count = 512;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("left came last"),
        Outcome.Wanted("right came last"),
        Outcome.Forbidden("left before the other had come"),
        Outcome.Forbidden("two of the same number"),
    ];

    // One for all instances: the next meeting begins while the last one still leaves.
    private readonly Threading.Barrier _barrier = new(2);
    private readonly int[] _words = new int[2 * Count];
    private readonly bool[] _missed = new bool[2 * Count];
    private readonly int[] _numbers = new int[2 * Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        int mine = (side * Count) + instance;
        int theirs = ((1 - side) * Count) + instance;
        dice.Delay(8);
        _words[mine] = 1;
        _numbers[mine] = _barrier.Wait(TimeSpan.FromSeconds(10));
        _missed[mine] = _words[theirs] == 0;
    }

    public int Judge(int instance)
    {
        int left = instance;
        int right = Count + instance;
        _words[left] = _words[right] = 0;
        return _missed[left] || _missed[right] ? 2 : _numbers[left] == _numbers[right] ? 3 : _numbers[left] > _numbers[right] ? 0 : 1;
    }
}
