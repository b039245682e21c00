using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

/// <summary>The waiters that were taken out of their lists under the mutex, to be completed after it was released.</summary>
internal struct WaitChain
{
    private Waiter? _firstGranted;
    private Waiter? _lastGranted;
    private Waiter? _firstRefused;
    private Waiter? _lastRefused;

    /// <summary>What is completed when the queue is shut down and drained, if somebody asked for it.</summary>
    public TaskCompletionSource? Ended { get; set; }

    /// <summary>What <see cref="Ended"/> fails with; <see langword="null"/> for a good end.</summary>
    public Exception? Failure { get; set; }

    public void Add(Waiter waiter, bool isGranted)
    {
        if (isGranted)
        {
            Append(ref _firstGranted, ref _lastGranted, waiter);
        }
        else
        {
            Append(ref _firstRefused, ref _lastRefused, waiter);
        }
    }

    /// <summary>Ends the waits. Not under a mutex.</summary>
    public readonly void Complete()
    {
        if (_firstGranted is not null)
        {
            Waiter.CompleteAll(_firstGranted, WaitOutcome.Granted);
        }

        if (_firstRefused is not null)
        {
            Waiter.CompleteAll(_firstRefused, WaitOutcome.Refused);
        }

        if (Ended is not null)
        {
            _ = Failure is null ? Ended.TrySetResult() : Ended.TrySetException(Failure);
        }
    }

    private static void Append(ref Waiter? first, ref Waiter? last, Waiter waiter)
    {
        if (last is null)
        {
            first = waiter;
        }
        else
        {
            last.Next = waiter;
        }

        last = waiter;
    }
}
