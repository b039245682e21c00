namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  Units is 0 or more. Each change of it is one exchange.
//   I2  A waiter counts itself in Waiters, looks at Units, and sleeps while that is 0; a release adds to Units and then looks at Waiters.
//       Both writes are full fences, so one of the two sees the other.
//   I3  Waiters is a hint that errs upwards: one who died stays counted, and costs the others a needless wake-up call.
//   I4  As I4 of LockProtocol: a lost wake-up costs one slice.
// Locks
//   None.
// Ownership
//   A unit has no owner: what the dead held is lost, as with every semaphore. BoundedSemaphore knows better.

/// <summary>A count of units.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal readonly struct SemaphoreProtocol<TWords>(TWords words)
    where TWords : IWords
{
    /// <summary>The free units.</summary>
    internal int Units => words.Read(WordLayout.SemaphoreUnits);

    /// <summary>Takes a unit if there is one.</summary>
    internal bool TryAcquire()
    {
        int units = Units;
        while (units > 0)
        {
            int before = words.CompareExchange(WordLayout.SemaphoreUnits, units - 1, units);
            if (before == units)
            {
                return true;
            }

            units = before;
        }

        return false;
    }

    /// <summary>Waits for a unit, when it is driven.</summary>
    internal Wait Acquiring() => new(this, words);

    /// <summary>Adds units and wakes as many sleepers.</summary>
    /// <returns>False, and nothing has changed, when there would be too many to count.</returns>
    internal bool TryRelease(int count)
    {
        int units = Units;
        while (units <= int.MaxValue - count)
        {
            int before = words.CompareExchange(WordLayout.SemaphoreUnits, units + count, units);
            if (before == units)
            {
                if (words.Read(WordLayout.SemaphoreWaiters) != 0)
                {
                    words.Wake(WordLayout.SemaphoreUnits, count);
                }

                return true;
            }

            units = before;
        }

        return false;
    }

    /// <summary>One wait for a unit.</summary>
    internal struct Wait(SemaphoreProtocol<TWords> protocol, TWords words) : IWordWait
    {
        private bool _isCounted;

        /// <inheritdoc/>
        public bool TryFinish(bool looksForDead, out SleepPoint sleep)
        {
            sleep = new SleepPoint(WordLayout.SemaphoreUnits, 0);
            if (!_isCounted)
            {
                words.Add(WordLayout.SemaphoreWaiters, 1);
                _isCounted = true;
            }

            bool isTaken = protocol.TryAcquire();
            if (isTaken)
            {
                words.Add(WordLayout.SemaphoreWaiters, -1);
            }

            return isTaken;
        }

        /// <inheritdoc/>
        public readonly void GiveUp() => words.Add(WordLayout.SemaphoreWaiters, -1);
    }
}
