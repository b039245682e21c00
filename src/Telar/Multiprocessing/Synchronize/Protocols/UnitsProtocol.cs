namespace Telar.Multiprocessing.Synchronize;

// State machine (one word for each unit)
//
//     0 --Acquire--> owner --Release, by anybody--> 0
//     owner, dead --Acquire that looks for the dead--> new owner
//
// Invariants
//   I1  There are exactly as many words as units: no death and no order of steps makes one more or one less.
//   I2  A waiter counts itself in Waiters, reads Changes, looks at all units, and sleeps while Changes is as read; a release frees a unit,
//       adds to Changes, and then looks at Waiters. All writes are full fences.
//   I3  Waiters errs upwards, and a lost wake-up costs one slice, as in SemaphoreProtocol.
// Locks
//   None.
// Ownership
//   A unit belongs to the process whose token is in its word, whichever of its threads took it.

/// <summary>Units with owners: those of the dead come back.</summary>
/// <param name="words">The words.</param>
/// <param name="limit">How many units there are.</param>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal readonly struct UnitsProtocol<TWords>(TWords words, int limit)
    where TWords : IWords
{
    /// <summary>The free units, without those of the dead that nobody has found yet.</summary>
    internal int Free
    {
        get
        {
            int free = 0;
            for (int unit = 0; unit < limit; unit++)
            {
                free += words.Read(WordLayout.Table + unit) == 0 ? 1 : 0;
            }

            return free;
        }
    }

    /// <summary>Takes a unit that is free.</summary>
    internal bool TryAcquire()
    {
        for (int unit = 0; unit < limit; unit++)
        {
            int index = WordLayout.Table + unit;
            if (words.Read(index) == 0 && words.CompareExchange(index, words.Self, 0) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes a unit that is free or that a dead process has left.</summary>
    internal bool TryAcquireOrTakeOver() => TryAcquire() || TryTakeOver();

    /// <summary>Waits for a unit, when it is driven.</summary>
    internal Wait Acquiring() => new(this, words);

    /// <summary>Gives back a unit: one of this process when it has any, else another's.</summary>
    /// <returns>False when all are free.</returns>
    internal bool TryRelease()
    {
        if (!TryFree(ofOthers: false) && !TryFree(ofOthers: true))
        {
            return false;
        }

        words.Add(WordLayout.UnitsChanges, 1);
        if (words.Read(WordLayout.UnitsWaiters) != 0)
        {
            words.Wake(WordLayout.UnitsChanges, 1);
        }

        return true;
    }

    private bool TryFree(bool ofOthers)
    {
        for (int unit = 0; unit < limit; unit++)
        {
            int index = WordLayout.Table + unit;
            int owner = words.Read(index);
            if ((ofOthers ? owner != 0 : owner == words.Self) && words.CompareExchange(index, 0, owner) == owner)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTakeOver()
    {
        int alive = words.Self;
        for (int unit = 0; unit < limit; unit++)
        {
            int index = WordLayout.Table + unit;
            int owner = words.Read(index);
            if (owner == 0 || owner == alive)
            {
                continue;
            }

            if (words.IsAlive(owner))
            {
                alive = owner;
            }
            else if (words.CompareExchange(index, words.Self, owner) == owner)
            {
                words.Add(WordLayout.UnitsRecovered, 1);
                return true;
            }
        }

        return false;
    }

    /// <summary>One wait for a unit.</summary>
    internal struct Wait(UnitsProtocol<TWords> protocol, TWords words) : IWordWait
    {
        private bool _isCounted;

        /// <inheritdoc/>
        public bool TryFinish(bool looksForDead, out SleepPoint sleep)
        {
            if (!_isCounted)
            {
                words.Add(WordLayout.UnitsWaiters, 1);
                _isCounted = true;
            }

            sleep = new SleepPoint(WordLayout.UnitsChanges, words.Read(WordLayout.UnitsChanges));
            bool isTaken = looksForDead ? protocol.TryAcquireOrTakeOver() : protocol.TryAcquire();
            if (isTaken)
            {
                words.Add(WordLayout.UnitsWaiters, -1);
            }

            return isTaken;
        }

        /// <inheritdoc/>
        public readonly void GiveUp() => words.Add(WordLayout.UnitsWaiters, -1);
    }
}
