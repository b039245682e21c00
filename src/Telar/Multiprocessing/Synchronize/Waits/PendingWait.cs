using Telar.Internal.Waiting;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  After it was given to a crew, only that crew's thread touches the wait: one driver at a time.
//   I2  Its task is completed once, by that thread; what waits for it runs elsewhere.
// Locks
//   None.
// Ownership
//   The crew has it from Add until it is complete.

/// <summary>A wait without a thread of its own.</summary>
internal abstract class PendingWait
{
    private readonly TaskCompletionSource<WaitOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Slices _slices = new();

    private protected PendingWait(SharedWords words, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        Words = words;
        Deadline = deadline;
        CancellationToken = cancellationToken;
    }

    internal SharedWords Words { get; }

    internal WaitDeadline Deadline { get; }

    internal CancellationToken CancellationToken { get; }

    /// <summary>What makes the crew look when the token is cancelled; written before the crew has the wait.</summary>
    internal CancellationTokenRegistration Registration { get; set; }

    /// <summary>Where it sleeps now.</summary>
    internal SleepPoint Sleep { get; private protected set; }

    /// <summary>When it wants to look again even if nobody wakes it.</summary>
    internal long WakeAt => Math.Min(_slices.End, Deadline.Timestamp);

    /// <summary>Drives a wait without holding a thread.</summary>
    /// <returns>Granted, TimedOut or Cancelled.</returns>
    internal static ValueTask<WaitOutcome> RunAsync<TWait>(
        SharedWords words, TWait wait, WaitDeadline deadline, CancellationToken cancellationToken)
        where TWait : IWordWait
    {
        bool isOver = wait.TryFinish(looksForDead: true, out SleepPoint sleep);
        if (words.Closed is { } closed)
        {
            return ValueTask.FromException<WaitOutcome>(closed);
        }

        if (isOver)
        {
            return new ValueTask<WaitOutcome>(WaitOutcome.Granted);
        }

        PendingWait pending = new Of<TWait>(words, wait, sleep, deadline, cancellationToken);
        WaitCrew.Add(pending);
        return new ValueTask<WaitOutcome>(pending._ended.Task);
    }

    /// <summary>Looks whether the wait ends now, and ends it then.</summary>
    /// <returns>Whether it has ended.</returns>
    internal bool TryEnd()
    {
        bool isOver = TryFinish(_slices.TryAdvance());
        bool isCancelled = CancellationToken.IsCancellationRequested;
        ObjectDisposedException? closed = Words.Closed;
        if (!isOver && !isCancelled && closed is null && !Deadline.IsOver)
        {
            return false;
        }

        Registration.Unregister();
        if (closed is not null)
        {
            _ended.SetException(closed);
        }
        else if (isOver)
        {
            _ended.SetResult(WaitOutcome.Granted);
        }
        else
        {
            GiveUp();
            _ended.SetResult(isCancelled ? WaitOutcome.Cancelled : WaitOutcome.TimedOut);
        }

        return true;
    }

    private protected abstract bool TryFinish(bool looksForDead);

    private protected abstract void GiveUp();

    private sealed class Of<TWait> : PendingWait
        where TWait : IWordWait
    {
        private TWait _wait;

        internal Of(SharedWords words, TWait wait, SleepPoint sleep, WaitDeadline deadline, CancellationToken cancellationToken)
            : base(words, deadline, cancellationToken)
        {
            _wait = wait;
            Sleep = sleep;
        }

        private protected override bool TryFinish(bool looksForDead)
        {
            // By reference: a wait is a struct that changes.
            ref TWait wait = ref _wait;
            bool isOver = wait.TryFinish(looksForDead, out SleepPoint sleep);
            Sleep = sleep;
            return isOver;
        }

        private protected override void GiveUp() => _wait.GiveUp();
    }
}
