using Telar.Internal.Waiting;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>Drives a wait on the thread that waits.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal static unsafe class BlockingWait
{
    /// <summary>Tries and sleeps until the wait ends.</summary>
    /// <returns>Granted, TimedOut or Cancelled.</returns>
    /// <exception cref="ObjectDisposedException">The primitive was disposed here meanwhile.</exception>
    internal static WaitOutcome Run<TWait>(SharedWords words, TWait wait, WaitDeadline deadline, CancellationToken cancellationToken)
        where TWait : IWordWait
    {
        if (TryFinish(words, ref wait, looksForDead: true, out SleepPoint sleep))
        {
            return WaitOutcome.Granted;
        }

        // On a system where one cannot sleep at two words, a cancelled wait ends with its slice.
        CancelWord? cancel = cancellationToken.CanBeCanceled && SharedFutex.CanWaitForMany ? new CancelWord() : null;
        using CancellationTokenRegistration registration = cancel is null
            ? default
            : cancellationToken.UnsafeRegister(static state => ((CancelWord)state!).Raise(), cancel); // not null: the cancel word
        return Sleep(words, ref wait, sleep, deadline, cancel, cancellationToken);
    }

    private static WaitOutcome Sleep<TWait>(
        SharedWords words, ref TWait wait, SleepPoint sleep, WaitDeadline deadline, CancelWord? cancel, CancellationToken cancellationToken)
        where TWait : IWordWait
    {
        Slices slices = new();
        while (true)
        {
            if (cancellationToken.IsCancellationRequested || deadline.IsOver)
            {
                wait.GiveUp();
                return cancellationToken.IsCancellationRequested ? WaitOutcome.Cancelled : WaitOutcome.TimedOut;
            }

            SleepAt(words, sleep, Math.Min(slices.End, deadline.Timestamp), cancel);
            if (TryFinish(words, ref wait, slices.TryAdvance(), out sleep))
            {
                return WaitOutcome.Granted;
            }
        }
    }

    private static bool TryFinish<TWait>(SharedWords words, ref TWait wait, bool looksForDead, out SleepPoint sleep)
        where TWait : IWordWait
    {
        bool isOver = wait.TryFinish(looksForDead, out sleep);
        return words.Closed is { } closed ? throw closed : isOver;
    }

    private static void SleepAt(SharedWords words, SleepPoint sleep, long until, CancelWord? cancel)
    {
        int* word = words.AddressOf(sleep.Index);
        if (cancel is null)
        {
            SharedFutex.Sleep(word, sleep.Seen, until);
        }
        else
        {
            // It is raised once: a sleeper that comes later finds 1.
            Span<Libc.FutexWaitv> both = [SharedFutex.Shared(word, sleep.Seen), cancel.Unless(0)];
            SharedFutex.Sleep(both, until);
            GC.KeepAlive(cancel);
        }

        words.KeepAlive();
    }
}
