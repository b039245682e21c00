using Telar.Litmus.Harness;

namespace Telar.Litmus.Races;

/// <summary>Each side writes its word and then reads the other's. At most one may miss the other's write, if there is a fence between.</summary>
internal readonly struct StoreBuffering(bool fenced) : IRace
{
    private const int Count = 8192;

    // Words of the same instance are in different arrays, so in different cache lines.
    private readonly int[] _x = new int[Count];
    private readonly int[] _y = new int[Count];
    private readonly int[] _seenByLeft = new int[Count];
    private readonly int[] _seenByRight = new int[Count];

    private readonly Outcome[] _outcomes =
    [
        fenced ? Outcome.Forbidden("neither saw the other") : Outcome.Wanted("neither saw the other"),
        Outcome.Allowed("right first"),
        Outcome.Allowed("left first"),
        Outcome.Allowed("both saw the other"),
    ];

    public int Sides => 2;

    public int Instances => Count;

    public int Pace => 16;

    public IReadOnlyList<Outcome> Outcomes => _outcomes;

    public void Play(int side, int instance, ref Dice dice)
    {
        if (side == 0)
        {
            Volatile.Write(ref _x[instance], 1);
            if (fenced)
            {
                Interlocked.MemoryBarrier();
            }

            _seenByLeft[instance] = Volatile.Read(ref _y[instance]);
        }
        else
        {
            Volatile.Write(ref _y[instance], 1);
            if (fenced)
            {
                Interlocked.MemoryBarrier();
            }

            _seenByRight[instance] = Volatile.Read(ref _x[instance]);
        }
    }

    public int Judge(int instance)
    {
        int outcome = (_seenByLeft[instance] << 0) | (_seenByRight[instance] << 1);
        _x[instance] = _y[instance] = 0;
        return outcome;
    }
}
