namespace Telar.Multiprocessing.Synchronize;

// State machine (one word: bit 0 the flag, bits 1..31 how often it was set)
//
//     n clear --Set--> n+1 set --Clear--> n+1 clear
//
// Invariants
//   I1  A waiter that finds n clear goes on as soon as the word is set, or is clear with another count: no Set is missed, whatever
//       Clear does afterwards.
//   I2  A waiter counts itself before it looks, and Set changes the word before it looks at the count: one of the two sees the other.
//   I3  Waiters errs upwards, and a lost wake-up costs one slice, as in SemaphoreProtocol. Nobody waits for a waiter, so a dead one
//       holds nobody up.
// Locks
//   None.
// Ownership
//   Nobody's.

/// <summary>A flag.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal readonly struct EventProtocol<TWords>(TWords words)
    where TWords : IWords
{
    private const int Flag = 1;

    /// <summary>Whether the flag is set.</summary>
    internal bool IsSet => (words.Read(WordLayout.EventFlag) & Flag) != 0;

    /// <summary>Sets the flag and wakes everybody.</summary>
    internal void Set()
    {
        int seen = words.Read(WordLayout.EventFlag);
        while ((seen & Flag) == 0)
        {
            int before = words.CompareExchange(WordLayout.EventFlag, unchecked(seen + 2) | Flag, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }

        // Also when it was set: whoever set it may have died before it woke the waiters.
        if (words.Read(WordLayout.EventWaiters) != 0)
        {
            words.Wake(WordLayout.EventFlag, int.MaxValue);
        }
    }

    /// <summary>Takes the flag back.</summary>
    internal void Clear()
    {
        int seen = words.Read(WordLayout.EventFlag);
        while ((seen & Flag) != 0)
        {
            int before = words.CompareExchange(WordLayout.EventFlag, seen & ~Flag, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Waits for the flag, when it is driven.</summary>
    internal Wait Waiting() => new(words);

    /// <summary>One wait for the flag.</summary>
    internal struct Wait(TWords words) : IWordWait
    {
        private bool _isCounted;
        private int _seen;

        /// <inheritdoc/>
        public bool TryFinish(bool looksForDead, out SleepPoint sleep)
        {
            if (!_isCounted)
            {
                words.Add(WordLayout.EventWaiters, 1);
                _isCounted = true;
                _seen = words.Read(WordLayout.EventFlag) & ~Flag;
            }

            sleep = new SleepPoint(WordLayout.EventFlag, _seen);
            bool isOver = words.Read(WordLayout.EventFlag) != _seen;
            if (isOver)
            {
                words.Add(WordLayout.EventWaiters, -1);
            }

            return isOver;
        }

        /// <inheritdoc/>
        public readonly void GiveUp() => words.Add(WordLayout.EventWaiters, -1);
    }
}
