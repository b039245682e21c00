using System.Diagnostics;

namespace Telar.Internal.Waiting;

// State machine (the queue's latch decides who ends a wait; docs/design/waiting.md#a-wait-ends-once)
//
//   Idle -- queue.Append --> Queued -- removed under the latch, by one thread --> Taken -- Complete, by that thread --> Done
//
// Invariants
//   I1  Exactly one thread takes a waiter out of its queue, and that thread alone calls Complete, or returns the outcome itself.
//   I2  After Complete has begun the waiter may already be in its next wait: whoever completes a chain reads Next first.
// Ownership
//   Next, Previous and IsQueued belong to the queue and its latch. Payload and Tag belong to the owner: written before Append or
//   between the removal and Complete, read after the wait.

/// <summary>One wait: of a blocked thread (<see cref="ThreadWaiter"/>) or of an await (<see cref="AsyncWaiter"/>).</summary>
/// <remarks><b>Thread safety.</b> See the ownership of its members.</remarks>
internal abstract class Waiter
{
    /// <summary>The next waiter of the queue, or of the chain that was taken out of it.</summary>
    internal Waiter? Next { get; set; }

    /// <summary>The waiter before this one in the queue.</summary>
    internal Waiter? Previous { get; set; }

    /// <summary>Whether it is in a queue. Read and written under the latch of the queue's owner.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>
    /// Whether its owner has promised it an outcome that comes by way of another queue: it may not be withdrawn any more. Written under
    /// the owner's latch.
    /// </summary>
    internal bool IsCommitted { get; set; }

    /// <summary>What an owner hands over with the outcome. The waiter clears it.</summary>
    internal object? Payload { get; set; }

    /// <summary>A number that an owner keeps here for the length of the wait.</summary>
    internal int Tag { get; set; }

    /// <summary>When it was appended, in ticks of <see cref="Stopwatch"/>.</summary>
    internal long Since { get; set; }

    /// <summary>What is waited at.</summary>
    internal IWaitOwner? Owner { get; private protected set; }

    /// <summary>How to wait at <see cref="Owner"/>, for a reader of a dump: "to acquire", "for a notification".</summary>
    internal string? Purpose { get; set; }

    /// <summary>Who waits, for a reader of a dump.</summary>
    internal abstract string Describe();

    /// <summary>Ends the wait. Only for the thread that took the waiter out of its queue, and never under a latch.</summary>
    internal abstract void Complete(WaitOutcome outcome);

    /// <summary>Ends all waits of a chain that was taken out with <see cref="WaitQueue.TakeAll"/>.</summary>
    /// <param name="first">The first of them; <see langword="null"/> for none.</param>
    /// <param name="outcome">The outcome of each.</param>
    internal static void CompleteAll(Waiter? first, WaitOutcome outcome)
    {
        while (first is not null)
        {
            Waiter? next = first.Next;
            first.Next = null;
            first.Complete(outcome);
            first = next;
        }
    }
}
