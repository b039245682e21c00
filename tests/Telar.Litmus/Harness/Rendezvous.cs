namespace Telar.Litmus.Harness;

// Invariants
//   I1  _arrived counts who came in this phase. The last one sets it back before it begins the next phase, so nobody comes in between.
//   I2  The exchange of each arrival and the read of the new phase order all that was written before against all that is read after.

/// <summary>Where the sides meet between batches: awake, so that they leave together.</summary>
/// <remarks><b>Thread safety.</b> For as many threads as it was made for.</remarks>
internal sealed class Rendezvous(int sides)
{
    private const int SpinsBeforeYield = 2000;

    private int _arrived;
    private int _phase;

    public void Meet()
    {
        int phase = Volatile.Read(ref _phase);
        if (Interlocked.Increment(ref _arrived) == sides)
        {
            _arrived = 0;
            Volatile.Write(ref _phase, phase + 1);
            return;
        }

        int spins = sides > Environment.ProcessorCount ? SpinsBeforeYield : 0;
        while (Volatile.Read(ref _phase) == phase)
        {
            if (spins++ >= SpinsBeforeYield)
            {
                Thread.Yield();
            }
        }
    }
}
