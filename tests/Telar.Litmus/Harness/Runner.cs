using System.Runtime.ExceptionServices;

namespace Telar.Litmus.Harness;

// Each batch:  meet -> every side waits for a random moment and plays all instances -> meet -> every side judges its share
//
// Invariants
//   I1  Between two meetings an instance is only played, or only judged, and judged by one side.
//   I2  _lastBatch is lowered between the meetings of a batch, and read after the first meeting of a later one: all sides read the same.
//   I3  _steps only grows, also from batch to batch: no step of an earlier batch is taken for one of this.
//   I4  A side that fails goes on meeting the others, so nobody waits for it in vain.

/// <summary>Plays a race and counts how it ends.</summary>
/// <remarks><b>Thread safety.</b> One run each; <see cref="Run"/> is called once.</remarks>
internal sealed class Runner<TRace>
    where TRace : struct, IRace
{
    // Longer than a line takes from one processor to the other, several times.
    private const int SkewScale = 9;

    private const int StepScale = 6;
    private const int SpinsBeforeYield = 2000;
    private const int Line = 16;

    private readonly string _name;
    private readonly ulong _seed;
    private readonly long _batches;
    private readonly Rendezvous _rendezvous;
    private readonly long[][] _counts;
    private readonly long[] _steps;
    private readonly TRace _race;
    private readonly TimeSpan _budget = Totals.Budget;
    private long _begun;
    private long _lastBatch;
    private volatile Exception? _failure;

    public Runner(string name, TRace race, long samples, ulong seed)
    {
        _name = name;
        _race = race;
        _seed = seed;
        _batches = Math.Max(1, (samples + race.Instances - 1) / race.Instances);
        _lastBatch = _batches;
        _rendezvous = new Rendezvous(race.Sides);
        _steps = new long[race.Sides * Line];
        _counts = [.. Enumerable.Range(0, race.Sides).Select(_ => new long[race.Outcomes.Count])];
    }

    /// <summary>Plays until there are enough samples, or a forbidden one, or the time is over.</summary>
    public Histogram Run()
    {
        _begun = TimeProvider.System.GetTimestamp();
        Thread[] sides = [.. Enumerable.Range(0, _race.Sides).Select(side => new Thread(() => PlayBatches(side)) { IsBackground = true })];
        foreach (Thread side in sides)
        {
            side.Start();
        }

        foreach (Thread side in sides)
        {
            side.Join();
        }

        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }

        long[] sum = [.. Enumerable.Range(0, _race.Outcomes.Count).Select(outcome => _counts.Sum(counts => counts[outcome]))];
        return new Histogram(_name, _seed, _batches * _race.Instances, _race.Outcomes, sum, TimeProvider.System.GetElapsedTime(_begun));
    }

    private void PlayBatches(int side)
    {
        if (_race.Sides <= Processors.Count)
        {
            Processors.Keep(side);
        }

        Dice dice = new(_seed + ((ulong)side << 32));
        TRace race = _race;
        bool[] isForbidden = [.. race.Outcomes.Select(static outcome => outcome.Verdict == Verdict.Forbidden)];
        int share = (race.Instances + race.Sides - 1) / race.Sides;
        int first = Math.Min(side * share, race.Instances);
        int end = Math.Min(first + share, race.Instances);
        for (long batch = 0; ; batch++)
        {
            _rendezvous.Meet();
            if (batch >= Volatile.Read(ref _lastBatch))
            {
                return;
            }

            try
            {
                dice.Delay(SkewScale);
                Play(ref race, side, ref dice, batch * ((race.Instances / Math.Max(1, race.Pace)) + 1));
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, exception, null);
                Volatile.Write(ref _lastBatch, batch + 1);
            }

            _rendezvous.Meet();
            bool found = Judge(ref race, first, end, _counts[side], isForbidden);
            if (found || (side == 0 && TimeProvider.System.GetElapsedTime(_begun) > _budget))
            {
                Volatile.Write(ref _lastBatch, batch + 1);
            }
        }
    }

    private void Play(ref TRace race, int side, ref Dice dice, long step)
    {
        int count = race.Instances;
        int pace = race.Pace == 0 ? count : race.Pace;
        for (int instance = 0; instance < count;)
        {
            if (instance > 0)
            {
                KeepUp(side, ++step);
                dice.Delay(StepScale);
            }

            for (int end = Math.Min(count, instance + pace); instance < end; instance++)
            {
                race.Play(side, instance, ref dice);
            }
        }
    }

    private void KeepUp(int side, long step)
    {
        Volatile.Write(ref _steps[side * Line], step);
        for (int other = 0; other < _race.Sides; other++)
        {
            // A side that failed does not come any more.
            for (int spins = 0; Volatile.Read(ref _steps[other * Line]) < step && _failure is null; spins++)
            {
                if (spins >= SpinsBeforeYield)
                {
                    Thread.Yield();
                }
            }
        }
    }

    private static bool Judge(ref TRace race, int first, int end, long[] counts, bool[] isForbidden)
    {
        bool found = false;
        for (int instance = first; instance < end; instance++)
        {
            int outcome = race.Judge(instance);
            counts[outcome]++;
            found |= isForbidden[outcome];
        }

        return found;
    }
}
