using System.Diagnostics;

namespace Telar.Internal.Waiting;

// State machine: see Waiter. Its thread keeps one for all its waits, one after the other.
//
// Invariants
//   I1  The write of _outcome in Complete comes before Unpark, which is a fence: who wakes up sees it.
//   I2  A wake-up of an earlier wait (a late Unpark, a token's callback) changes nothing but a turn of the loop in Wait.
// Ownership
//   Rent and Return are called by its thread. Between them it belongs to one wait.

/// <summary>A thread that waits. It allocates nothing: each thread has one.</summary>
/// <remarks><b>Thread safety.</b> <see cref="Complete"/> for whoever took it out of its queue, the rest for its thread.</remarks>
internal sealed class ThreadWaiter : Waiter
{
    // About what a sleep and a wake-up across processors cost.
    private static readonly long s_spinTicks = Stopwatch.Frequency * 30 / 1_000_000;

    private static readonly Action<object?> s_wake = static waiter => ((ThreadWaiter)waiter!)._parker.Unpark();

    [ThreadStatic]
    private static ThreadWaiter? t_own;

    private readonly Parker _parker = Parker.Create();
    private bool _inUse;
    private int _outcome;
    private int _waker = -1;

    private ThreadWaiter(bool isSpare)
    {
        Thread = Thread.CurrentThread;
        if (!isSpare)
        {
            WaitingThreads.Add(this);
        }
    }

    /// <summary>The thread that waits.</summary>
    internal Thread Thread { get; }

    /// <summary>The processor from which it was last completed, or -1.</summary>
    internal int WakerProcessor => _waker;

    /// <summary>Whether its thread is in a wait.</summary>
    internal bool IsInUse => _inUse;

    /// <summary>The calling thread's waiter, ready for a wait. Give it back with <see cref="Return"/>.</summary>
    internal static ThreadWaiter Rent(IWaitOwner owner, string? purpose = null)
    {
        // A thread that waits can be made to run other code that waits: by a message loop, on some systems.
        ThreadWaiter waiter = t_own ??= new ThreadWaiter(isSpare: false);
        if (waiter._inUse)
        {
            waiter = new ThreadWaiter(isSpare: true);
        }

        waiter._inUse = true;
        waiter._outcome = (int)WaitOutcome.Pending;
        waiter.Owner = owner;
        waiter.Purpose = purpose;
        waiter.IsCommitted = false;
        waiter.Since = Stopwatch.GetTimestamp();
        return waiter;
    }

    /// <summary>Makes it ready to be queued once more in the same wait, after <see cref="WaitOutcome.Retry"/>.</summary>
    internal void Rearm() => _outcome = (int)WaitOutcome.Pending;

    /// <summary>Ends the use of what <see cref="Rent"/> returned.</summary>
    internal void Return()
    {
        Debug.Assert(!IsQueued, "A waiter leaves its queue before its wait ends.");
        Payload = null;
        Owner = null;
        Purpose = null;
        _inUse = false;
        _parker.Leave();
    }

    /// <summary>Waits until somebody completes it, or its time is over, or the token is cancelled.</summary>
    /// <param name="deadline">When to give up.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <param name="spin">The hint of what it waits at.</param>
    /// <returns>The outcome; on <see cref="WaitOutcome.Cancelled"/> the caller throws. It is in no queue any more.</returns>
    internal WaitOutcome Wait(WaitDeadline deadline, CancellationToken cancellationToken, ref SpinGuide spin)
    {
        bool spins = spin.ShouldSpin();
        bool hit = spins && SpinUntilDone(deadline, cancellationToken);
        WaitOutcome outcome = hit ? Outcome : SleepUntilDone(deadline, cancellationToken);
        if (outcome is not (WaitOutcome.TimedOut or WaitOutcome.Cancelled))
        {
            spin.WokenFrom(_waker);
            if (spins)
            {
                spin.Report(hit);
            }
        }

        return outcome;
    }

    /// <summary>As the other one, but sleeps at once.</summary>
    internal WaitOutcome Wait(WaitDeadline deadline, CancellationToken cancellationToken) => SleepUntilDone(deadline, cancellationToken);

    private WaitOutcome Outcome => (WaitOutcome)Volatile.Read(ref _outcome);

    /// <inheritdoc/>
    internal override void Complete(WaitOutcome outcome)
    {
        _waker = SpinGuide.CurrentProcessor;
        Volatile.Write(ref _outcome, (int)outcome);
        _parker.Unpark();
    }

    /// <inheritdoc/>
    internal override string Describe() =>
        Thread.Name is { Length: > 0 } name ? $"thread '{name}' ({Thread.ManagedThreadId})" : $"thread {Thread.ManagedThreadId}";

    private bool SpinUntilDone(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsZero || cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        long end = Math.Min(Stopwatch.GetTimestamp() + s_spinTicks, deadline.Timestamp);
        do
        {
            for (int i = 0; i < 8; i++)
            {
                if (Outcome != WaitOutcome.Pending)
                {
                    return true;
                }

                Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() < end);

        return Outcome != WaitOutcome.Pending;
    }

    private WaitOutcome SleepUntilDone(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(s_wake, this);
        WaitOutcome outcome = Sleep(deadline, cancellationToken);

        // Not Dispose, which waits for a callback that runs: here it may come late.
        registration.Unregister();
        return outcome;
    }

    private WaitOutcome Sleep(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        bool mayGiveUp = true;
        while (true)
        {
            WaitOutcome outcome = Outcome;
            if (outcome != WaitOutcome.Pending)
            {
                return outcome;
            }

            if (mayGiveUp)
            {
                outcome = cancellationToken.IsCancellationRequested ? WaitOutcome.Cancelled
                    : deadline.IsOver ? WaitOutcome.TimedOut
                    : WaitOutcome.Pending;
                if (outcome != WaitOutcome.Pending)
                {
                    if (Owner!.TryWithdraw(this)) // set by Rent
                    {
                        return outcome;
                    }

                    // Somebody has taken it out to complete it: what he gives must not be lost.
                    mayGiveUp = false;
                    deadline = WaitDeadline.Never;
                }
            }

            _parker.Park(deadline);
        }
    }
}
