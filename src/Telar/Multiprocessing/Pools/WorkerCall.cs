using Microsoft.Win32.SafeHandles;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <summary>A call that runs in a worker process: its encoded form, and what is to be told about its end.</summary>
// Ownership
//   The pool owns it from Submit until exactly one of the On... methods that end it has returned, and then releases its memory.
//   These methods run outside the pool's lock, on the pool's thread or on the thread whose action ended the call. They only note
//   the end; whoever waits for it hears of it from Tell, when the ends of all calls of the same event are noted.
internal abstract class WorkerCall : PoolCall
{
    /// <summary>The encoded call object.</summary>
    public required PayloadWriter Payload { get; init; }

    /// <summary>The call's big buffers; null when it has none.</summary>
    public BlobFile? Blobs { get; init; }

    /// <summary>Duplicates of the descriptors that the call's arguments hold, in order; kept so that the call can be sent again.</summary>
    public IReadOnlyList<SafeFileHandle> Descriptors { get; init; } = [];

    /// <summary>Where the answer lies between its arrival and the call's end; valid only within the event that brought it.</summary>
    public ReadOnlyMemory<byte> Answer { get; set; }

    /// <summary>The answer's big buffers.</summary>
    public BlobFile? AnswerBlobs { get; set; }

    /// <summary>Why the answer did not arrive whole, although the worker sent one; null when it did.</summary>
    public Exception? AnswerFailure { get; set; }

    /// <summary>Tokens captured by the call that were cancelled before it was sent last; null while there are none.</summary>
    public List<int>? CancelledTokens { get; set; }

    /// <summary>A worker has begun the call, or is about to.</summary>
    public abstract void OnRunning();

    /// <summary>The call has told its progress.</summary>
    public virtual void OnProgress(double fraction, string? message)
    {
        // Nobody asked.
    }

    /// <summary>The call returned; <paramref name="answer"/> is read within this method.</summary>
    public abstract void OnSucceeded(PayloadReader answer);

    /// <summary>The call threw, or its answer could not be read.</summary>
    public abstract void OnFailed(Exception exception);

    /// <summary>The pool can start no workers, so the call will never run.</summary>
    public abstract void OnBroken(PoolBreak cause);

    /// <summary>The call was cancelled; nothing runs it any more.</summary>
    public abstract void OnCancelled();

    /// <summary>The call ran longer than it may; nothing runs it any more.</summary>
    /// <param name="worker">Where it ran.</param>
    /// <param name="end">How it was stopped.</param>
    public abstract void OnTimedOut(string worker, StopKind end);

    /// <summary>The worker died while it ran the call.</summary>
    public abstract void OnWorkerDied(WorkerExit exit);

    /// <summary>Tells whoever waits that the call has ended; the last method that is called, after <see cref="Release"/>.</summary>
    public abstract void Tell();

    /// <summary>Gives back the memory of the encoded call; what becomes of <see cref="Blobs"/> is the derived class's business.</summary>
    public virtual void Release()
    {
        Payload.Dispose();
        AnswerBlobs?.Dispose();
        foreach (SafeFileHandle descriptor in Descriptors)
        {
            descriptor.Dispose();
        }
    }
}
