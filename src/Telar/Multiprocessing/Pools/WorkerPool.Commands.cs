using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <content>Carries out what the core decides.</content>
internal sealed partial class WorkerPool
{
    /// <summary>
    /// Takes the core's commands: what must keep its order or touches the core is done here, the rest is left to
    /// <see cref="Execute"/>.
    /// </summary>
    private void Collect_NeedsLock(PoolBatch batch)
    {
        while (_core.TryTake(out PoolCommand command))
        {
            switch (command.Kind)
            {
                case PoolCommandKind.Send:
                    Send_NeedsLock(batch, command);
                    break;
                case PoolCommandKind.RequestCancel:
                    AppendCancel_NeedsLock(batch, Slot(command), command.Sequence, RunningCall.CallToken);
                    break;
                case PoolCommandKind.Revoke:
                    Revoke_NeedsLock(command);
                    break;
                case PoolCommandKind.StartWorker:
                    StartWorker_NeedsLock(command);
                    break;
                case PoolCommandKind.StopWorker:
                    StopWorker_NeedsLock(batch, Slot(command));
                    break;
                case PoolCommandKind.Kill:
                    End_NeedsLock(Slot(command), SignalNumber.SIGKILL);
                    break;
                case PoolCommandKind.Terminate:
                    End_NeedsLock(Slot(command), SignalNumber.SIGTERM);
                    break;
                case PoolCommandKind.PoolBroken:
                    PoolBreak cause = AsBreak(command.Payload);
                    Volatile.Write(ref _brokenBy, cause);
                    Post(() => _settings.Observer?.Broken(cause.Text));
                    break;
                case PoolCommandKind.PoolEnded:
                    // Before the callbacks of the calls that ended with it: one that waits for the pool's end would wait for itself.
                    Post(() => Interlocked.Exchange(ref _poolEnded, true));
                    break;
                case PoolCommandKind.CallEnded:
                    Interlocked.Increment(ref _unsettled);
                    batch.Commands.Add(command);
                    break;
                default:
                    batch.Commands.Add(command);
                    break;
            }
        }

        if (_core.NextDeadline is { } deadline && deadline < _wakeAt && !IsPoolThread)
        {
            _wakeAt = deadline;
            Wake();
        }
    }

    /// <summary>Does what may take time or run user code.</summary>
    private void Execute(PoolBatch batch)
    {
        foreach (Outbox outbox in batch.Outboxes)
        {
            outbox.Flush();
        }

        foreach ((WorkerCall call, double fraction, string? message) in batch.Reports)
        {
            call.OnProgress(fraction, message);
        }

        int ended = 0;
        foreach (PoolCommand command in batch.Commands)
        {
            WorkerCall call = (WorkerCall)command.Call!; // Only CallRunning and CallEnded are left, and every call here is a WorkerCall.
            if (command.Kind == PoolCommandKind.CallRunning)
            {
                call.OnRunning();
            }
            else
            {
                End(call, command);
                ended++;
            }
        }

        if (ended > 0)
        {
            Tell(batch, ended);
        }

        batch.Return();
    }

    private void Tell(PoolBatch batch, int ended)
    {
        // I5: when all ends are noted, and before anybody hears of them, since a callback may wait for the end of the pool.
        if (Interlocked.Add(ref _unsettled, -ended) == 0 && Volatile.Read(ref _poolEnded))
        {
            Wake();
        }

        foreach (PoolCommand command in batch.Commands)
        {
            if (command.Kind == PoolCommandKind.CallEnded)
            {
                ((WorkerCall)command.Call!).Tell(); // Set for this kind, and every call here is a WorkerCall.
            }
        }
    }

    private static WorkerSlot Slot(in PoolCommand command) => (WorkerSlot)command.Worker!.Tag!; // Set when the worker is started.

    private void Send_NeedsLock(PoolBatch batch, in PoolCommand command)
    {
        WorkerSlot slot = Slot(command);
        if (slot.Data is not { } data)
        {
            return;
        }

        WorkerCall call = (WorkerCall)command.Call!; // A Send names a call.
        slot.CallSince = Now;
        LookSoon_NeedsLock();
        foreach (SafeFileHandle descriptor in call.Descriptors)
        {
            data.Append(new FrameHeader(FrameKind.Descriptor, FrameBlobs.Attached, command.Sequence, 0), [], descriptor);
        }

        FrameHeader header = new(FrameKind.Call, BlobsOf(call), command.Sequence, call.Payload.Length, call.AttemptAtWorker);
        data.Append(header, call.Payload.WrittenSpan, call.Blobs?.Handle);
        batch.Add(data);
        foreach (int token in call.CancelledTokens ?? [])
        {
            AppendCancel_NeedsLock(batch, slot, command.Sequence, token);
        }
    }

    // A call that may be run again needs its arguments unchanged.
    private static FrameBlobs BlobsOf(WorkerCall call) =>
        call.Blobs is null ? FrameBlobs.None : call.Retries > 0 ? FrameBlobs.Attached : FrameBlobs.Reusable;

    private static void AppendCancel_NeedsLock(PoolBatch batch, WorkerSlot slot, long sequence, int token)
    {
        if (slot.Control is { } control)
        {
            Span<byte> payload = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(payload, token);
            control.Append(new FrameHeader(FrameKind.Cancel, FrameBlobs.None, sequence, payload.Length), payload, null);
            batch.Add(control);
        }
    }

    private void Revoke_NeedsLock(in PoolCommand command)
    {
        WorkerSlot slot = Slot(command);
        if (slot.Process is { } process)
        {
            _core.Revoked(command.Worker!, LeaseWord.Revoke(ref process.Page.Lease, command.Sequence), Now); // Revoke names a worker.
        }
    }

    private void StopWorker_NeedsLock(PoolBatch batch, WorkerSlot slot)
    {
        slot.StopAt ??= Now;
        if (slot.Data is { } data)
        {
            data.Append(new FrameHeader(FrameKind.Stop, FrameBlobs.None, 0, 0), [], null);
            batch.Add(data);
        }
        else
        {
            slot.StopEarly = true;
        }
    }

    private void End_NeedsLock(WorkerSlot slot, int signal)
    {
        slot.StopAt ??= Now;
        if (slot.Process is { } process)
        {
            // Its descendants follow when its death is confirmed.
            process.Child.Signal(signal);
        }
        else
        {
            slot.KillEarly = true;
        }
    }

    private void End(WorkerCall call, in PoolCommand command)
    {
        string worker = (command.Worker?.Tag as WorkerSlot)?.Name ?? "none";
        switch (command.Outcome)
        {
            case PoolCallOutcome.Succeeded:
                Succeed(call);
                break;
            case PoolCallOutcome.Failed:
                call.OnFailed(ReadException(call));
                break;
            case PoolCallOutcome.Cancelled:
                call.OnCancelled();
                break;
            case PoolCallOutcome.TimedOut:
                call.OnTimedOut(worker, StopOf(command));
                break;
            case PoolCallOutcome.WorkerDied:
                call.OnWorkerDied((WorkerExit)command.Payload!); // This outcome carries the death given to WorkerDied.
                break;
            default:
                call.OnBroken(AsBreak(command.Payload));
                break;
        }

        call.Release();
    }

    // A stop by death carries the death as its payload, one before the start says so; a stop by obedience carries nothing.
    private static StopKind StopOf(in PoolCommand command) =>
        command.Payload is WorkerExit ? StopKind.Killed
        : ReferenceEquals(command.Payload, PoolCore.NotStarted) ? StopKind.NotStarted
        : command.Worker?.State == PoolWorkerState.Lost ? StopKind.Lost
        : StopKind.Cooperative;

    private static void Succeed(WorkerCall call)
    {
        try
        {
            call.OnSucceeded(new PayloadReader(call.Answer) { Blobs = call.AnswerBlobs?.OpenSource() });
        }
        catch (Exception exception)
        {
            call.OnFailed(exception);
        }
    }

    private static Exception ReadException(WorkerCall call)
    {
        if (call.AnswerFailure is { } failure)
        {
            return failure;
        }

        try
        {
            return TypedCodec.Read<Exception>(new PayloadReader(call.Answer));
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private PoolBreak AsBreak(object? cause)
    {
        string text;
        switch (cause)
        {
            case PoolBreak known:
                return known;
            case WorkerExit exit:
                text = DescribeStartDeath(exit);
                break;
            default:
                text = $"No worker can be started: {cause}";
                break;
        }

        return new PoolBreak(text, new InvalidOperationException(text));
    }

    private string DescribeStartDeath(WorkerExit exit)
    {
        string tail = exit.ErrorTail.Count == 0
            ? " It wrote nothing to standard error."
            : $" Its last lines on standard error:\n  {string.Join("\n  ", exit.ErrorTail)}";
        return exit.StartTimedOut
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Worker '{exit.Worker}' (process {exit.ProcessId}) was not ready within StartTimeout ({_core.Policy.StartTimeout.TotalSeconds:0.##} s), so the pool killed it. "
                + $"If its initializer needs longer than that, raise StartTimeout.{tail}")
            : $"A worker process ended before it was ready: {exit}.{tail}";
    }
}
