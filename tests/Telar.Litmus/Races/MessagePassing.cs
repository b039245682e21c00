using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Left writes a message and then a flag; right reads the flag and then the message.</summary>
/// <param name="flagFirst">A mutant: the flag is written before the message.</param>
internal readonly struct MessagePassing(bool flagFirst) : IRace
{
    private const int Count = 8192;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("no flag yet"),
        Outcome.Wanted("flag and message"),
        Outcome.Forbidden("flag without message"),
    ];

    private readonly int[] _message = new int[Count];
    private readonly int[] _flag = new int[Count];
    private readonly int[] _outcome = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            Volatile.Write(ref flagFirst ? ref _flag[instance] : ref _message[instance], 1);
            Volatile.Write(ref flagFirst ? ref _message[instance] : ref _flag[instance], 1);
        }
        else
        {
            int flag = Volatile.Read(ref _flag[instance]);
            int message = Volatile.Read(ref _message[instance]);
            _outcome[instance] = flag == 0 ? 0 : message != 0 ? 1 : 2;
        }
    }

    public int Judge(int instance)
    {
        _message[instance] = _flag[instance] = 0;
        return _outcome[instance];
    }
}
