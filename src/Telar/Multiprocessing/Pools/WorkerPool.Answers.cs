using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Starting;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <content>What workers send, and what is done about those that send nonsense or cannot be reached.</content>
internal sealed partial class WorkerPool
{
    // From the end of its data socket to the end of the process: microseconds, unless it means to stay.
    private static readonly TimeSpan s_deafTime = TimeSpan.FromSeconds(1);

    private readonly List<WorkerSlot> _deaf = [];

    /// <summary>Takes in what has arrived from a worker, once.</summary>
    /// <returns>False when nothing more will come.</returns>
    private bool ReadFrames(WorkerSlot slot, FrameSocket socket, bool drainOutput)
    {
        PoolBatch batch = PoolBatch.Take();
        ReceiveResult result;
        string? damage = null;
        try
        {
            result = socket.TryReceive();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            result = ReceiveResult.Closed;
            damage = exception.Message;
        }

        if (drainOutput || socket.HoldsSeveralFrames)
        {
            // The first answer's lines are in this round's output events, being older than it; a second answer may have come, with
            // its lines, after these were collected.
            ForwardOutput(slot, WorkerStream.Output);
            ForwardOutput(slot, WorkerStream.Error);
        }

        bool hasOutgrown = HasOutgrown(slot);
        lock (_gate)
        {
            try
            {
                while (damage is null && socket.TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload))
                {
                    if (header.Kind == FrameKind.Progress)
                    {
                        NoteProgress_NeedsLock(batch, slot, header, payload);
                    }
                    else
                    {
                        Handle_NeedsLock(slot, header, payload, socket, hasOutgrown);
                    }
                }
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or SerializationException)
            {
                result = ReceiveResult.Closed;
                damage = exception.Message;
            }

            Collect_NeedsLock(batch);
        }

        Execute(batch);
        if (result == ReceiveResult.Closed && !slot.DataClosed)
        {
            CloseData(slot, socket, damage);
        }

        return result == ReceiveResult.Data;
    }

    private void CloseData(WorkerSlot slot, FrameSocket socket, string? damage)
    {
        slot.DataClosed = true;
        _events.Remove(socket.Handle);
        if (damage is not null)
        {
            slot.Damage ??= damage;
            slot.Process?.Child.Signal(SignalNumber.SIGKILL);
        }
        else
        {
            BecomeDeaf(slot, "It closed its data socket (descriptor 3) and went on running.");
        }
    }

    /// <summary>
    /// A worker that cannot be reached any more. Nearly always it is exiting, so it gets the time for that: its own end says more
    /// than being killed for it.
    /// </summary>
    private void BecomeDeaf(WorkerSlot slot, string reason)
    {
        if (slot.Process is not null && slot.StopAt is null && slot.DeafReason is null)
        {
            slot.DeafReason = reason;
            slot.DeafUntil = Now + s_deafTime;
            _deaf.Add(slot);
        }
    }

    private static bool EndDeaf(WorkerSlot slot)
    {
        if (slot.Process is { } process)
        {
            slot.Damage ??= slot.DeafReason;
            process.Child.Signal(SignalNumber.SIGKILL);
        }

        return true;
    }

    private void Handle_NeedsLock(WorkerSlot slot, FrameHeader header, ReadOnlyMemory<byte> payload, FrameSocket socket, bool hasOutgrown)
    {
        BlobFile? blobs = null;
        Exception? lost = null;
        if (header.HasBlobs)
        {
            try
            {
                blobs = BlobFile.Open(socket.TakeBlobs());
            }
            catch (IOException exception)
            {
                // Not the worker's fault: this process had no descriptor free to receive them.
                lost = exception;
            }
        }

        if (hasOutgrown && header.Kind is (FrameKind.Result or FrameKind.Failure or FrameKind.Cancelled))
        {
            _core.Recycle(slot.Worker, Now); // Before the answer is taken in: or it would be sent another call.
        }

        switch (header.Kind)
        {
            case FrameKind.Hello:
                if (WorkerBuild.Compare(payload.Span, $"Worker '{slot.Name}' (pid {slot.ProcessId})") is { } mismatch)
                {
                    FailStart_NeedsLock(slot, mismatch, mismatch.Message);
                }

                break;
            case FrameKind.Ready or FrameKind.StartFailed when slot.ReadyAt is not null:
                throw new InvalidDataException("It said twice how its start had ended.");
            case FrameKind.Ready or FrameKind.StartFailed when slot.StartFailure is not null:
                // What it makes of its configuration does not matter any more.
                break;
            case FrameKind.Ready:
                slot.ReadyAt = Now;
                _core.WorkerReady(slot.Worker, Now);
                break;
            case FrameKind.StartFailed:
                Exception thrown = TypedCodec.Read<Exception>(new PayloadReader(payload));
                FailStart_NeedsLock(slot, thrown, $"The initializer of worker '{slot.Name}' threw {thrown.GetType().Name}: {thrown.Message}");
                break;
            case FrameKind.Result:
                Answer_NeedsLock(slot, header, lost is null ? PoolResultKind.Succeeded : PoolResultKind.Failed, payload, blobs, lost);
                break;
            case FrameKind.Failure:
                Answer_NeedsLock(slot, header, PoolResultKind.Failed, payload, blobs, lost);
                break;
            case FrameKind.Cancelled:
                Answer_NeedsLock(slot, header, PoolResultKind.Cancelled, payload, blobs, lost);
                break;
            default:
                throw new InvalidDataException($"It sent a frame of kind {header.Kind}, which only a parent may send.");
        }
    }

    // What comes too late is dropped: the call has ended, or was given up.
    private static void NoteProgress_NeedsLock(PoolBatch batch, WorkerSlot slot, FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        (double fraction, string? message) = ProgressLane.Read(payload.Span);
        if (slot.Worker.CurrentCall is WorkerCall call && call.Sequence == header.Sequence)
        {
            batch.Reports.Add((call, fraction, message));
        }
    }

    private void FailStart_NeedsLock(WorkerSlot slot, Exception failure, string text)
    {
        // The core hears of it when nothing of the worker is left.
        slot.StartFailure = new PoolBreak(text, failure);
        slot.StopAt ??= Now;
        slot.Process?.Child.Signal(SignalNumber.SIGKILL);
    }

    private void Answer_NeedsLock(
        WorkerSlot slot, FrameHeader header, PoolResultKind kind, ReadOnlyMemory<byte> payload, BlobFile? blobs, Exception? lost)
    {
        TimeSpan runTime = TimeSpan.FromTicks(Math.Max(0, header.Detail));
        if (slot.Worker.CurrentCall is WorkerCall call && call.Sequence == header.Sequence)
        {
            call.Answer = payload;
            call.AnswerBlobs = blobs;
            call.AnswerFailure = lost;
            slot.CallSince = Now;
            _core.ResultArrived(slot.Worker, header.Sequence, kind, null, runTime, Now);
        }
        else if (slot.Worker.State is PoolWorkerState.Ready)
        {
            blobs?.Dispose();
            throw new InvalidDataException($"It answered call {header.Sequence}, which it was not asked to run.");
        }
        else
        {
            blobs?.Dispose();
        }
    }
}
