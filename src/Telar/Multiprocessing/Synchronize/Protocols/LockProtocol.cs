namespace Telar.Multiprocessing.Synchronize;

// State machine (one word; see docs/design/process-locks.md#the-lock)
//
//            TryAcquire                      a waiter before it sleeps
//     0 ------------------> owner --------------------------------------> owner | Sleepers
//     ^                       |                                                   |
//     +------- Release -------+ <------------------ Release, then Wake(1) --------+
//
//     owner, dead --- a waiter that looks for the dead ---> that waiter | Sleepers
//
// Invariants
//   I1  A sleeper has set Sleepers, or found it set, in the word that it gives the kernel: the release that ends this state wakes one.
//   I2  Who has slept takes the word with Sleepers, since others may sleep still: the next release wakes one more.
//   I3  AbandonedBy and Abandonments are written by the holder only. If it dies before it has, its own death tells the next one.
//   I4  A wake-up that is lost, because the one that owed it or got it died, costs one slice: every sleeper looks again by itself.
// Locks
//   None. Each change of the word is one exchange, after which a process may die.
// Ownership
//   The word belongs to the process whose token is in it. Any process may release it, as Python allows.

/// <summary>A lock in a word that survives its holder.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal readonly struct LockProtocol<TWords>(TWords words)
    where TWords : IWords
{
    private const int Sleepers = OwnerToken.Flag;

    /// <summary>Who has it, or 0.</summary>
    internal int Holder => words.Read(WordLayout.Lock) & ~Sleepers;

    /// <summary>Whether a thread of this process has it.</summary>
    internal bool IsHeldHere => Holder == words.Self;

    /// <summary>Takes it if it is free.</summary>
    internal bool TryAcquire() => words.CompareExchange(WordLayout.Lock, words.Self, 0) == 0;

    /// <summary>Takes it if it is free or its holder is dead.</summary>
    internal bool TryAcquireOrTakeOver()
    {
        int seen = words.CompareExchange(WordLayout.Lock, words.Self, 0);
        return seen == 0 || TryTakeOver(seen);
    }

    /// <summary>Waits for it, when it is driven.</summary>
    internal Wait Acquiring() => new(this, words);

    /// <summary>Makes it free, whoever has it, and wakes one sleeper.</summary>
    /// <returns>False when it was free.</returns>
    internal bool Release()
    {
        int seen = words.CompareExchange(WordLayout.Lock, 0, words.Self);
        if (seen == words.Self)
        {
            return true;
        }

        while (seen != 0)
        {
            int before = words.CompareExchange(WordLayout.Lock, 0, seen);
            if (before == seen)
            {
                if ((seen & Sleepers) != 0)
                {
                    words.Wake(WordLayout.Lock, 1);
                }

                return true;
            }

            seen = before;
        }

        return false;
    }

    private bool TryTakeOver(int seen)
    {
        int holder = seen & ~Sleepers;
        if (words.IsAlive(holder) || words.CompareExchange(WordLayout.Lock, words.Self | Sleepers, seen) != seen)
        {
            return false;
        }

        int process = words.ProcessIdOf(holder);
        words.Write(WordLayout.LockAbandonedBy, process == 0 ? -1 : process);
        words.Add(WordLayout.LockAbandonments, 1);
        return true;
    }

    /// <summary>One wait for the lock.</summary>
    internal struct Wait(LockProtocol<TWords> protocol, TWords words) : IWordWait
    {
        private bool _hasSlept;

        /// <inheritdoc/>
        public bool TryFinish(bool looksForDead, out SleepPoint sleep)
        {
            sleep = default;
            while (true)
            {
                int seen = words.CompareExchange(WordLayout.Lock, _hasSlept ? words.Self | Sleepers : words.Self, 0);
                if (seen == 0)
                {
                    return true;
                }

                if (looksForDead)
                {
                    if (protocol.TryTakeOver(seen))
                    {
                        return true;
                    }

                    seen = words.Read(WordLayout.Lock);
                }

                int marked = seen | Sleepers;
                if (seen != 0 && (seen == marked || words.CompareExchange(WordLayout.Lock, marked, seen) == seen))
                {
                    _hasSlept = true;
                    sleep = new SleepPoint(WordLayout.Lock, marked);
                    return false;
                }
            }
        }

        /// <inheritdoc/>
        public readonly void GiveUp()
        {
        }
    }
}
