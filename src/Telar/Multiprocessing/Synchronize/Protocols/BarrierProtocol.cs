using Telar.Internal.Waiting;

namespace Telar.Multiprocessing.Synchronize;

// State machine (of one cycle; see docs/design/process-locks.md#the-barrier)
//
//     Filling --the last party comes--> Acting --the action returned--> Passed: next cycle
//        |                                 |
//        +-- time over, Abort, Reset, a party died, the action threw: that verdict, next cycle, broken unless it was Reset
//
// Invariants
//   I1  All words but an entry's owner change only under the gate. A cycle ends by one write, of Outcome; everything that
//       follows from it (Settle) can be done again by the next who enters the gate, if the one who wrote it died on the way.
//   I2  The parties of a cycle are the entries with an owner whose state is that cycle without a verdict. An entry has one owner word,
//       written last when it is taken, and cleared by its owner alone, after it was given a verdict, or by the gate when the owner is dead.
//   I3  A party sleeps at its own state, and looks through the gate for the dead after each sleep that nobody ended.
//   I4  Who comes while the action runs belongs to the next cycle, and waits at the entrance. One that gives up there breaks that one: the
//       parties of this cycle pass, and Passed leaves Broken as it is.
// Locks
//   The gate is a LockProtocol on the same words: held for a few dozen steps, taken over from the dead. The action runs outside of it.
// Ownership
//   While Actor is not 0 the cycle belongs to that process: time and tokens end no wait then.

/// <summary>The meetings at a barrier.</summary>
/// <param name="words">The words.</param>
/// <param name="parties">How many parties meet.</param>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal readonly struct BarrierProtocol<TWords>(TWords words, int parties)
    where TWords : IWords
{
    private const int VerdictBits = 3;
    private const int VerdictMask = (1 << VerdictBits) - 1;

    /// <summary>Why nobody can meet here, or None.</summary>
    internal BarrierVerdict Broken => (BarrierVerdict)words.Read(WordLayout.BarrierBroken);

    /// <summary>The process whose death broke it last, or 0 when that is not known.</summary>
    internal int DeadProcess => words.Read(WordLayout.BarrierDead);

    /// <summary>How many parties wait for others.</summary>
    internal int WaitingCount => words.Read(WordLayout.BarrierActor) != 0 ? 0 : Count(Undecided(words.Read(WordLayout.BarrierCycle)));

    /// <summary>How many entries a barrier needs: also for those who are slow to leave the last meeting.</summary>
    internal static int EntriesFor(int parties) => (2 * parties) + 64;

    /// <summary>A party comes, and waits for the others.</summary>
    /// <param name="action">What the last one does before all go on.</param>
    /// <param name="blocks">Whether the calling thread waits; the task is complete then.</param>
    /// <param name="deadline">When the party gives up.</param>
    /// <param name="cancellationToken">Makes it give up.</param>
    internal async ValueTask<BarrierPassage> WaitAsync(
        Action? action, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            await EnterAsync(blocks).ConfigureAwait(false);
            int cycle = words.Read(WordLayout.BarrierCycle);
            BarrierVerdict broken = Broken;
            if (broken != BarrierVerdict.None)
            {
                Exit();
                return new BarrierPassage(broken);
            }

            int number = Count(Undecided(cycle));
            bool isActing = words.Read(WordLayout.BarrierActor) != 0;
            bool isLast = !isActing && number + 1 == parties;
            int entry = -1;
            if (isLast && action is null)
            {
                End_NeedsGate(BarrierVerdict.Passed);
            }
            else if (isLast)
            {
                words.Write(WordLayout.BarrierActor, words.Self);
            }
            else if (!isActing)
            {
                entry = Take_NeedsGate(cycle);
            }

            Exit();
            if (isLast)
            {
                return action is null ? new BarrierPassage(BarrierVerdict.Passed, number) : await ActAsync(action, cycle, blocks).ConfigureAwait(false);
            }

            // Without an entry it waits at the entrance for the next cycle, and comes again.
            BarrierPassage passage = await MeetAsync(entry, cycle, number, blocks, deadline, cancellationToken).ConfigureAwait(false);
            if (passage.Verdict != BarrierVerdict.None)
            {
                return passage;
            }
        }
    }

    /// <summary>Ends the cycle for everybody who waits.</summary>
    /// <param name="verdict">Aborted, which breaks the barrier, or Reset, which mends it.</param>
    internal void SendAway(BarrierVerdict verdict)
    {
        Complete(EnterAsync(blocks: true));
        End_NeedsGate(verdict);
        Exit();
    }

    // It has blocked, and so is over.
    private static void Complete(ValueTask entered) => entered.GetAwaiter().GetResult();

    private static int Undecided(int cycle) => cycle << VerdictBits;

    private static int OwnerOf(int entry) => WordLayout.Table + (2 * entry);

    private static int StateOf(int entry) => OwnerOf(entry) + 1;

    private async ValueTask EnterAsync(bool blocks)
    {
        await words.WaitAsync(new LockProtocol<TWords>(words).Acquiring(), blocks, WaitDeadline.Never, CancellationToken.None).ConfigureAwait(false);
        Settle_NeedsGate();
    }

    private void Exit() => new LockProtocol<TWords>(words).Release();

    private int Count(int state)
    {
        int count = 0;
        for (int entry = 0; entry < EntriesFor(parties); entry++)
        {
            count += words.Read(OwnerOf(entry)) != 0 && words.Read(StateOf(entry)) == state ? 1 : 0;
        }

        return count;
    }

    /// <summary>Makes the caller a party of this cycle.</summary>
    /// <returns>Its entry, or -1 when the parties of the last cycles have not left yet.</returns>
    private int Take_NeedsGate(int cycle)
    {
        for (int entry = 0; entry < EntriesFor(parties); entry++)
        {
            int owner = words.Read(OwnerOf(entry));
            if (owner == 0 || (words.Read(StateOf(entry)) != Undecided(cycle) && !words.IsAlive(owner)))
            {
                words.Write(OwnerOf(entry), 0);
                words.Write(StateOf(entry), Undecided(cycle));
                words.Write(OwnerOf(entry), words.Self);
                return entry;
            }
        }

        return -1;
    }

    private async ValueTask<BarrierPassage> ActAsync(Action action, int cycle, bool blocks)
    {
        BarrierVerdict verdict = BarrierVerdict.ActionFailed;
        try
        {
            action();
            verdict = BarrierVerdict.Passed;
        }
        finally
        {
            await EnterAsync(blocks).ConfigureAwait(false);
            if (words.Read(WordLayout.BarrierCycle) == cycle)
            {
                End_NeedsGate(verdict);
            }
            else
            {
                verdict = VerdictOn(cycle);
            }

            Exit();
        }

        return new BarrierPassage(verdict, parties - 1);
    }

    /// <summary>Waits for the end of the cycle.</summary>
    /// <returns>The verdict; None for one who waited at the entrance, and must come again.</returns>
    private async ValueTask<BarrierPassage> MeetAsync(
        int entry, int cycle, int number, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        int word = entry < 0 ? WordLayout.BarrierCycle : StateOf(entry);
        int seen = entry < 0 ? cycle : Undecided(cycle);
        WaitOutcome own = WaitOutcome.Granted;
        while (words.Read(word) == seen)
        {
            ChangeWait<TWords> change = new(words, word, seen);
            WaitOutcome outcome = await words.WaitAsync(change, blocks, deadline, cancellationToken).ConfigureAwait(false);
            if (words.Read(word) != seen)
            {
                break;
            }

            await EnterAsync(blocks).ConfigureAwait(false);
            LookForDead_NeedsGate();
            bool isOver = words.Read(word) != seen;
            if (!isOver && outcome != WaitOutcome.Granted)
            {
                if (words.Read(WordLayout.BarrierActor) == 0)
                {
                    own = outcome;
                    End_NeedsGate(BarrierVerdict.TimedOut);
                }
                else if (entry < 0)
                {
                    own = outcome;
                    words.Write(WordLayout.BarrierBroken, (int)BarrierVerdict.TimedOut); // for those who come; see I4
                }

                (deadline, cancellationToken) = (WaitDeadline.Never, CancellationToken.None);
            }

            Exit();
            if (entry < 0)
            {
                break; // what it waits for, an entry or the end of the action, may have come without a new cycle
            }
        }

        if (entry < 0)
        {
            return new BarrierPassage(own == WaitOutcome.Granted ? BarrierVerdict.None : BarrierVerdict.TimedOut, 0, own);
        }

        BarrierVerdict verdict = (BarrierVerdict)(words.Read(word) & VerdictMask);
        words.Write(OwnerOf(entry), 0);
        return new BarrierPassage(verdict, number, own);
    }

    private void LookForDead_NeedsGate()
    {
        int actor = words.Read(WordLayout.BarrierActor);
        bool isDead = actor != 0 && !words.IsAlive(actor);
        int dead = isDead ? words.ProcessIdOf(actor) : 0;
        int undecided = Undecided(words.Read(WordLayout.BarrierCycle));
        for (int entry = 0; entry < EntriesFor(parties) && !isDead; entry++)
        {
            int owner = words.Read(OwnerOf(entry));
            if (owner != 0 && words.Read(StateOf(entry)) == undecided && !words.IsAlive(owner))
            {
                isDead = true;
                dead = words.ProcessIdOf(owner);
            }
        }

        if (!isDead)
        {
            dead = words.TakeCrashed();
            isDead = dead != 0;
        }

        if (isDead)
        {
            words.Write(WordLayout.BarrierDead, dead);
            End_NeedsGate(BarrierVerdict.PartyDied);
        }
    }

    /// <summary>How a cycle that is over ended; Reset when others have come and gone since.</summary>
    private BarrierVerdict VerdictOn(int cycle)
    {
        int outcome = words.Read(WordLayout.BarrierOutcome);
        return (outcome & ~VerdictMask) == Undecided(cycle) ? (BarrierVerdict)(outcome & VerdictMask) : BarrierVerdict.Reset;
    }

    private void End_NeedsGate(BarrierVerdict verdict)
    {
        words.Write(WordLayout.BarrierOutcome, Undecided(words.Read(WordLayout.BarrierCycle)) | (int)verdict);
        Settle_NeedsGate();
    }

    /// <summary>Does what follows from the outcome of the current cycle, if it has one.</summary>
    private void Settle_NeedsGate()
    {
        int cycle = words.Read(WordLayout.BarrierCycle);
        int outcome = words.Read(WordLayout.BarrierOutcome);
        var verdict = (BarrierVerdict)(outcome & VerdictMask);
        if (verdict == BarrierVerdict.None || (outcome & ~VerdictMask) != Undecided(cycle))
        {
            return;
        }

        for (int entry = 0; entry < EntriesFor(parties); entry++)
        {
            if (words.Read(OwnerOf(entry)) != 0 && words.Read(StateOf(entry)) == Undecided(cycle))
            {
                words.Write(StateOf(entry), outcome);
                words.Wake(StateOf(entry), 1);
            }
        }

        if (verdict != BarrierVerdict.Passed)
        {
            words.Write(WordLayout.BarrierBroken, verdict == BarrierVerdict.Reset ? 0 : (int)verdict);
        }

        words.Write(WordLayout.BarrierActor, 0);
        words.Write(WordLayout.BarrierCycle, unchecked(cycle + 1));
        words.Wake(WordLayout.BarrierCycle, int.MaxValue);
    }
}
