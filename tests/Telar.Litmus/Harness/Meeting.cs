namespace Telar.Litmus.Harness;

// Invariants
//   I1  An element counts the sides that came to its instance; each leaves when all have come. Reset is called while nobody plays.

/// <summary>Where the sides of an instance wait for each other, awake, when a delay counts from a common moment.</summary>
/// <remarks><b>Thread safety.</b> For the sides of a race.</remarks>
internal sealed class Meeting(int instances, int sides = 2)
{
    private const int SpinsBeforeYield = 2000;

    // A line each: the sides of the next instance do not disturb it.
    private const int Stride = 32;

    private readonly int[] _arrived = new int[instances * Stride];

    public void Meet(int instance)
    {
        ref int arrived = ref _arrived[instance * Stride];
        Interlocked.Increment(ref arrived);
        for (int spins = 0; Volatile.Read(ref arrived) < sides; spins++)
        {
            if (spins >= SpinsBeforeYield)
            {
                Thread.Yield();
            }
        }
    }

    public void Reset(int instance) => _arrived[instance * Stride] = 0;
}
