using Telar.ContextVars;
using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Both sides run code in the same context: one after the other, or one of them is refused.</summary>
internal readonly struct EnterOnce() : IRace
{
    private const int Count = 64;

    private static readonly Outcome[] s_outcomes =
    [
        Outcome.Wanted("one after the other"),
        Outcome.Wanted("one refused"),
        Outcome.Forbidden("both inside"),
        Outcome.Forbidden("both refused"),
    ];

    private readonly Context[] _contexts = [.. Enumerable.Range(0, Count).Select(static _ => new Context())];
    private readonly Meeting _meeting = new(Count);
    private readonly int[] _inside = new int[Count];
    private readonly bool[] _isShared = new bool[Count];
    private readonly int[] _refused = new int[Count];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 0;

    public IReadOnlyList<Outcome> Outcomes => s_outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        int[] inside = _inside;
        bool[] isShared = _isShared;
        _meeting.Meet(instance);
        dice.Delay(8);
        try
        {
            _contexts[instance].Run(() =>
            {
                if (Interlocked.Increment(ref inside[instance]) == 2)
                {
                    isShared[instance] = true;
                }

                Interlocked.Decrement(ref inside[instance]);
            });
        }
        catch (InvalidOperationException)
        {
            Interlocked.Increment(ref _refused[instance]);
        }
    }

    public int Judge(int instance)
    {
        int outcome = _isShared[instance] ? 2 : _refused[instance] == 2 ? 3 : _refused[instance];
        _meeting.Reset(instance);
        _isShared[instance] = false;
        _refused[instance] = 0;
        return outcome;
    }
}
