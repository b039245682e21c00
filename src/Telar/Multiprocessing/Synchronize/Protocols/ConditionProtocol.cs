using Telar.Internal.Waiting;

namespace Telar.Multiprocessing.Synchronize;

// State machine (an entry of the table for each waiter: a word for its owner, a word for its state)
//
//     owner 0 --Join--> ticket, Waiting --Notify--> ticket, Notified --Leave--> owner 0
//                            |                           |
//                            +---- owner is dead: its entry is freed, and a notification that it did not use goes on --------+
//
// Invariants
//   I1  Entries change only under the lock of the condition. Each method writes the word that counts last, so that one who dies
//       in the middle leaves an entry that is free, or whole.
//   I2  Tickets are given in order; Notify takes the lowest that waits and lives. So each notification reaches exactly one waiter that
//       returns true, or nobody if nobody waits.
//   I3  A waiter that gives up takes the lock before it leaves, and learns there whether it was notified meanwhile. So does one whose wait
//       throws: a handler of Abandoned, or Dispose.
// Locks
//   The lock of the condition, where a name ends in _NeedsLock. It is the user's, and survives its holder.
// Ownership
//   An entry belongs to the process whose token is in it.

/// <summary>The waiters of a condition.</summary>
/// <remarks><b>Thread safety.</b> The lock of the condition orders everything.</remarks>
internal readonly struct ConditionProtocol<TWords>(TWords words)
    where TWords : IWords
{
    /// <summary>How many can wait at once.</summary>
    internal const int Entries = 1024;

    private const int Waiting = 1;
    private const int Notified = 2;
    private const int PhaseMask = 3;
    private const int TicketStep = 4;

    /// <summary>How many wait and were not notified.</summary>
    internal int WaitingCount
    {
        get
        {
            int count = 0;
            int used = words.Read(WordLayout.ConditionUsed);
            for (int entry = 0; entry < used; entry++)
            {
                count += IsIn(entry, Waiting) ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Waits for a notification, with the lock held before and after.</summary>
    /// <typeparam name="TLock">The kind of lock.</typeparam>
    /// <param name="held">The lock.</param>
    /// <param name="blocks">Whether the calling thread waits; the task is complete then.</param>
    /// <param name="deadline">When it gives up.</param>
    /// <param name="cancellationToken">Makes it give up.</param>
    /// <returns>Granted when it was notified, else TimedOut or Cancelled.</returns>
    internal async ValueTask<WaitOutcome> WaitAsync<TLock>(
        TLock held, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
        where TLock : IHeldLock
    {
        int entry = Join_NeedsLock();
        int state = words.Read(StateOf(entry));
        WaitOutcome outcome;
        try
        {
            do
            {
                int depth = held.ReleaseAll();
                try
                {
                    Wait notification = new(this, words, StateOf(entry), state);
                    outcome = await words.WaitAsync(notification, blocks, deadline, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    await held.RestoreAsync(depth, blocks).ConfigureAwait(false);
                }

                if (words.Read(StateOf(entry)) == state)
                {
                    Give_NeedsLock(TakeUnused_NeedsLock());
                }
            }
            while (outcome == WaitOutcome.Granted && words.Read(StateOf(entry)) == state);
        }
        catch
        {
            // A notification that its waiter has no use for is the next one's.
            Give_NeedsLock(Leave_NeedsLock(entry) ? 1 : 0);
            throw;
        }

        return Leave_NeedsLock(entry) ? WaitOutcome.Granted : outcome;
    }

    /// <summary>Wakes waiters, the longest wait first.</summary>
    internal void Notify_NeedsLock(int count) =>
        Give_NeedsLock((int)Math.Min(int.MaxValue, (long)count + TakeUnused_NeedsLock()));

    private static int OwnerOf(int entry) => WordLayout.Table + (2 * entry);

    private static int StateOf(int entry) => OwnerOf(entry) + 1;

    private bool IsIn(int entry, int phase) =>
        words.Read(OwnerOf(entry)) != 0 && (words.Read(StateOf(entry)) & PhaseMask) == phase;

    private void Give_NeedsLock(int count)
    {
        while (count > 0 && First_NeedsLock() is int entry and >= 0)
        {
            if (!words.IsAlive(words.Read(OwnerOf(entry))))
            {
                words.Write(OwnerOf(entry), 0);
                continue;
            }

            int ticket = words.Read(StateOf(entry)) & ~PhaseMask;
            words.Write(StateOf(entry), ticket | Notified);
            words.Wake(StateOf(entry), 1);
            count--;
        }
    }

    private int Join_NeedsLock()
    {
        int entry = FindFree_NeedsLock();
        int ticket = unchecked(words.Read(WordLayout.ConditionTicket) + TicketStep);
        words.Write(WordLayout.ConditionTicket, ticket);
        words.Write(StateOf(entry), ticket | Waiting);
        if (entry >= words.Read(WordLayout.ConditionUsed))
        {
            words.Write(WordLayout.ConditionUsed, entry + 1);
        }

        words.Write(OwnerOf(entry), words.Self);
        return entry;
    }

    private int FindFree_NeedsLock()
    {
        for (int entry = 0; entry < Entries; entry++)
        {
            int owner = words.Read(OwnerOf(entry));
            if (owner == 0 || (IsIn(entry, Waiting) && !words.IsAlive(owner)))
            {
                return entry;
            }
        }

        throw new InvalidOperationException(
            $"Wait of a condition between processes: {Entries} waiters are in its table already, which is all it has room for. Notify them, or use a second condition.");
    }

    private bool Leave_NeedsLock(int entry)
    {
        bool wasNotified = (words.Read(StateOf(entry)) & PhaseMask) == Notified;
        words.Write(OwnerOf(entry), 0);
        return wasNotified;
    }

    /// <summary>Whether somebody was notified and died before it knew.</summary>
    private bool HasUnused()
    {
        int used = words.Read(WordLayout.ConditionUsed);
        for (int entry = 0; entry < used; entry++)
        {
            if (IsIn(entry, Notified) && !words.IsAlive(words.Read(OwnerOf(entry))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Frees the entries of those who were notified and died before they knew.</summary>
    /// <returns>How many notifications are to be given again.</returns>
    private int TakeUnused_NeedsLock()
    {
        int unused = 0;
        int used = words.Read(WordLayout.ConditionUsed);
        for (int entry = 0; entry < used; entry++)
        {
            if (IsIn(entry, Notified) && !words.IsAlive(words.Read(OwnerOf(entry))))
            {
                words.Write(OwnerOf(entry), 0);
                unused++;
            }
        }

        return unused;
    }

    /// <summary>The entry that waits longest, or -1.</summary>
    private int First_NeedsLock()
    {
        int first = -1;
        int used = words.Read(WordLayout.ConditionUsed);
        for (int entry = 0; entry < used; entry++)
        {
            // Tickets wrap around: what counts is their difference.
            if (IsIn(entry, Waiting)
                && (first < 0 || unchecked(words.Read(StateOf(entry)) - words.Read(StateOf(first))) < 0))
            {
                first = entry;
            }
        }

        return first;
    }

    /// <summary>One wait for a notification. It also ends when there is one that a dead waiter has left.</summary>
    private readonly struct Wait(ConditionProtocol<TWords> protocol, TWords words, int index, int state) : IWordWait
    {
        /// <inheritdoc/>
        public bool TryFinish(bool looksForDead, out SleepPoint sleep)
        {
            sleep = new SleepPoint(index, state);
            return words.Read(index) != state || (looksForDead && protocol.HasUnused());
        }

        /// <inheritdoc/>
        public void GiveUp()
        {
        }
    }
}
