namespace Telar.Simulation.Pools;

/// <summary>A small generator (splitmix64) whose sequence belongs to its seed for ever, unlike that of System.Random.</summary>
internal sealed class SimulationRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextBits()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Below(int limit) => (int)((NextBits() >> 33) * (ulong)limit >> 31);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True in <paramref name="percent"/> of a hundred cases.</summary>
    public bool Chance(int percent) => percent > 0 && Below(100) < percent;

    /// <summary>A time between two times, small ones as likely as big ones by order of magnitude.</summary>
    public long Ticks(long low, long high)
    {
        int octaves = 0;
        for (long top = low; top < high; top *= 2)
        {
            octaves++;
        }

        long start = low << Below(octaves + 1);
        long value = start + (long)(NextBits() % (ulong)start);
        return Math.Min(value, high);
    }
}
