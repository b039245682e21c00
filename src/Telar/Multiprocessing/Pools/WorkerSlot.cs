using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Starting;
using Telar.Multiprocessing.Workers;

namespace Telar.Multiprocessing.Pools;

/// <summary>What a pool keeps for one of its workers: the process, what is on its way to it, its output, its times.</summary>
// Locks
//   The pool's lock guards everything but the outboxes (which have their own) and the streams, which only the pool's thread reads.
internal sealed class WorkerSlot(WorkerPool pool, PoolWorker worker, int id, string name, TimeSpan decidedAt)
{
    private readonly LineSplitter _outputLines = new();
    private readonly LineSplitter _errorLines = new();
    private readonly TailBuffer _errorTail = new();

    public PoolWorker Worker { get; } = worker;

    /// <summary>Identifies the worker in the pool's event set.</summary>
    public int Id { get; } = id;

    public string Name { get; } = name;

    public TimeSpan DecidedAt { get; } = decidedAt;

    public TimeSpan? ReadyAt { get; set; }

    public TimeSpan? StopAt { get; set; }

    public TimeSpan? EndedAt { get; set; }

    public TimeSpan CallSince { get; set; }

    public int ProcessId { get; set; }

    public ExitStatus? Exit { get; set; }

    public WorkerProcess? Process { get; private set; }

    public Outbox? Data { get; private set; }

    public Outbox? Control { get; private set; }

    /// <summary>The worker was told to stop before its process was there.</summary>
    public bool StopEarly { get; set; }

    /// <summary>The worker was killed before its process was there.</summary>
    public bool KillEarly { get; set; }

    public bool DataClosed { get; set; }

    public bool ControlClosed { get; set; }

    /// <summary>The pool's event set has the worker's process descriptor.</summary>
    public bool ExitWatched { get; set; }

    /// <summary>Why it cannot be reached any more; null while it can.</summary>
    public string? DeafReason { get; set; }

    /// <summary>When a worker that cannot be reached, and yet goes on, is killed for it.</summary>
    public TimeSpan DeafUntil { get; set; }

    /// <summary>Why it, and any other like it, will not do; told to the core once the process is gone.</summary>
    public PoolBreak? StartFailure { get; set; }

    /// <summary>What it was last asked about itself; null when never. An answer of null: it has ended.</summary>
    public TaskCompletionSource<string?>? Question { get; set; }

    public bool OutputClosed { get; set; }

    public bool ErrorClosed { get; set; }

    public string? Damage { get; set; }

    /// <summary>How much private memory it had when it was killed for that, in bytes; null when it was not.</summary>
    public long? MemoryUsed { get; set; }

    public IReadOnlyList<string> ErrorTail => _errorTail.Snapshot();

    public void Attach(WorkerProcess process)
    {
        Process = process;
        ProcessId = process.Child.Id;
        Data = new Outbox(process.Data, () => pool.WatchWritable(this, WorkerStream.Data), failure => pool.SendFailed(this, failure));
        Control = new Outbox(process.Control, () => pool.WatchWritable(this, WorkerStream.Control), failure => pool.SendFailed(this, failure));
    }

    /// <summary>Reads what the worker has written to an output stream and forwards it line by line.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="limit">
    /// Reading stops after this many bytes: somebody may write faster than we read, and what the worker itself had written by now
    /// is no more than its pipe holds.
    /// </param>
    /// <returns>False when the stream has ended.</returns>
    public bool Forward(WorkerStream stream, int limit)
    {
        bool isError = stream == WorkerStream.Error;
        SafeFileHandle handle = isError ? Process!.Error : Process!.Output; // Only called while the process is attached.
        LineSplitter lines = isError ? _errorLines : _outputLines;
        Span<byte> buffer = stackalloc byte[16 * 1024];
        int total = 0;
        do
        {
            int count = DescriptorIO.TryRead(handle, buffer);
            if (count < 0)
            {
                return true;
            }

            if (count == 0)
            {
                lines.Complete(line => Emit(line, isError));
                return false;
            }

            lines.Add(buffer[..count], line => Emit(line, isError));
            total += count;
        }
        while (total < limit);
        return true;
    }

    /// <summary>What is left of a line when its stream is given up without an end.</summary>
    public void CompleteLines()
    {
        _outputLines.Complete(line => Emit(line, isError: false));
        _errorLines.Complete(line => Emit(line, isError: true));
    }

    public void Detach()
    {
        Data?.Dispose();
        Control?.Dispose();
        Question?.TrySetResult(null);
        Process = null;
    }

    private void Emit(string line, bool isError)
    {
        if (isError)
        {
            _errorTail.Add(line);
        }

        pool.ForwardLine(this, isError, line);
    }
}
