using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Both sides set the same variable in flows of their own, and read it: each finds what it set.</summary>
/// <param name="set">Sets a variable, by its index.</param>
/// <param name="get">Reads it.</param>
internal readonly struct OwnValues(Action<int, int> set, Func<int, int> get) : IRace
{
    /// <summary>How many variables there are.</summary>
    public const int Variables = 8;

    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Allowed("its own values"),
        Outcome.Forbidden("the value of the other side"),
    ];

    private readonly bool[] _isForeign = new bool[2 * Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        int variable = instance % Variables;
        int value = (instance * 2) + side;
        set(variable, value);
        _isForeign[(side * Count) + instance] = get(variable) != value;
    }

    public int Judge(int instance) => _isForeign[instance] || _isForeign[Count + instance] ? 1 : 0;
}
