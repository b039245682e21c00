using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <content>The pool's own thread.</content>
internal sealed partial class WorkerPool
{
    private const ulong WakeKey = ulong.MaxValue;
    private const int StreamBits = 2;

    internal void WatchWritable(WorkerSlot slot, WorkerStream stream) => Post(() =>
    {
        if (slot.Process is { } process)
        {
            FrameSocket socket = stream == WorkerStream.Data ? process.Data : process.Control;
            uint events = stream == WorkerStream.Data && !slot.DataClosed ? Interop.Libc.EPOLLIN | Interop.Libc.EPOLLOUT : Interop.Libc.EPOLLOUT;
            _events.Modify(socket.Handle, events, Key(slot, stream));
        }
    });

    private static ulong Key(WorkerSlot slot, WorkerStream stream) => ((ulong)(uint)slot.Id << StreamBits) | (uint)stream;

    /// <summary>Has the pool's thread do something that only it may do.</summary>
    private void Post(Action action)
    {
        _inbox.Enqueue(action);
        _wake.Set();
    }

    private void Loop()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[64];
        try
        {
            while (!_poolEnded)
            {
                int count = _events.Wait(events, UntilNextDeadline());

                // Output first: a line that a call wrote is in its pipe before the call's answer is in the socket, so both are
                // in this batch, and the line goes out before the future ends.
                foreach (EpollEvent happened in events[..count])
                {
                    HandleOutput(happened);
                }

                foreach (EpollEvent happened in events[..count])
                {
                    HandleSocket(happened);
                }

                RunInbox();
                Tick();
                _blobs.Trim();
            }
        }
        catch (Exception exception)
        {
            // Not foreseen. Waiters must not hang for it, and workers must not stay.
            Abandon(exception);
        }

        Close();
    }

    private int UntilNextDeadline()
    {
        lock (_gate)
        {
            if (!_inbox.IsEmpty)
            {
                return 0;
            }

            TimeSpan? deadline = _core.NextDeadline;
            _wakeAt = deadline ?? TimeSpan.MaxValue;
            double wait = deadline is { } at ? Math.Ceiling((at - Now).TotalMilliseconds) : double.MaxValue;
            if (_blobs.HasSpare)
            {
                wait = Math.Min(wait, BlobFileCache.Patience.TotalMilliseconds);
            }

            return wait == double.MaxValue ? -1 : (int)Math.Clamp(wait, 0, int.MaxValue);
        }
    }

    private void Tick()
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            if (_core.NextDeadline is { } deadline && deadline <= Now)
            {
                _core.Tick(Now);
                Collect_NeedsLock(batch);
            }
        }

        Execute(batch);
    }

    private void RunInbox()
    {
        _wake.Reset();
        while (_inbox.TryDequeue(out Action? action))
        {
            action();
        }
    }

    private WorkerSlot? Find(ulong key, out WorkerStream stream)
    {
        stream = (WorkerStream)(key & ((1 << StreamBits) - 1));
        if (key == WakeKey)
        {
            return null;
        }

        lock (_gate)
        {
            return _slots.GetValueOrDefault((int)(key >> StreamBits));
        }
    }

    private void HandleOutput(in EpollEvent happened)
    {
        WorkerSlot? slot = Find(happened.Key, out WorkerStream stream);
        if (slot?.Process is null || stream is not (WorkerStream.Output or WorkerStream.Error))
        {
            return;
        }

        if (!slot.Forward(stream, toTheEnd: false))
        {
            CloseOutput(slot, stream);
        }
    }

    private void CloseOutput(WorkerSlot slot, WorkerStream stream)
    {
        if (stream == WorkerStream.Output && !slot.OutputClosed)
        {
            slot.OutputClosed = true;
            _events.Remove(slot.Process!.Output); // Only called while the process is attached.
        }
        else if (stream == WorkerStream.Error && !slot.ErrorClosed)
        {
            slot.ErrorClosed = true;
            _events.Remove(slot.Process!.Error); // As above.
        }
    }

    private void HandleSocket(in EpollEvent happened)
    {
        WorkerSlot? slot = Find(happened.Key, out WorkerStream stream);
        if (slot?.Process is not { } process || stream is not (WorkerStream.Data or WorkerStream.Control))
        {
            return;
        }

        bool isData = stream == WorkerStream.Data;
        if ((happened.Events & Interop.Libc.EPOLLOUT) != 0)
        {
            FrameSocket socket = isData ? process.Data : process.Control;
            _events.Modify(socket.Handle, isData && !slot.DataClosed ? Interop.Libc.EPOLLIN : 0, Key(slot, stream));
            (isData ? slot.Data : slot.Control)?.Unblock();
        }

        if (isData && !slot.DataClosed && (happened.Events & ~Interop.Libc.EPOLLOUT) != 0)
        {
            ReadFrames(slot, process.Data);
        }
        else if (!isData && (happened.Events & (Interop.Libc.EPOLLHUP | Interop.Libc.EPOLLERR)) != 0)
        {
            // The worker has closed its lifeline: it is ending. Its exit is reported by its pidfd.
            _events.Remove(process.Control.Handle);
        }
    }

    /// <summary>Takes in what has arrived from a worker, once.</summary>
    /// <returns>False when nothing more will come.</returns>
    private bool ReadFrames(WorkerSlot slot, FrameSocket socket)
    {
        PoolBatch batch = PoolBatch.Take();
        ReceiveResult result;
        try
        {
            result = socket.TryReceive();
            lock (_gate)
            {
                while (socket.TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload))
                {
                    Handle_NeedsLock(slot, header, payload, header.Blobs != FrameBlobs.None ? BlobFile.Open(socket.TakeBlobs()) : null);
                }

                Collect_NeedsLock(batch);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or SerializationException)
        {
            result = ReceiveResult.Closed;
            slot.Damage = exception.Message;
            lock (_gate)
            {
                Collect_NeedsLock(batch);
            }
        }

        Execute(batch);
        if (result == ReceiveResult.Closed && !slot.DataClosed)
        {
            slot.DataClosed = true;
            _events.Remove(socket.Handle);

            // A worker without its data socket is of no use. If it is exiting, its exit code is settled and this changes nothing.
            if (slot.StopAt is null)
            {
                slot.Process?.Child.Signal(SignalNumber.SIGKILL);
            }
        }

        return result == ReceiveResult.Data;
    }

    private void Handle_NeedsLock(WorkerSlot slot, FrameHeader header, ReadOnlyMemory<byte> payload, BlobFile? blobs)
    {
        switch (header.Kind)
        {
            case FrameKind.Hello:
                break;
            case FrameKind.Ready:
                slot.ReadyAt = Now;
                _core.WorkerReady(slot.Worker, Now);
                break;
            case FrameKind.StartFailed:
                Exception cause = TypedCodec.Read<Exception>(new PayloadReader(payload));
                slot.StopAt ??= Now;
                _core.WorkerStartFailed(slot.Worker, cause, PoolStartFailure.InitializerThrew, Now);
                slot.Process?.Child.Signal(SignalNumber.SIGKILL);
                break;
            case FrameKind.Result:
                Answer_NeedsLock(slot, header, PoolResultKind.Succeeded, payload, blobs);
                break;
            case FrameKind.Failure:
                Answer_NeedsLock(slot, header, PoolResultKind.Failed, payload, blobs);
                break;
            case FrameKind.Cancelled:
                Answer_NeedsLock(slot, header, PoolResultKind.Cancelled, payload, blobs);
                break;
            default:
                throw new InvalidDataException($"a frame of kind {header.Kind}, which only a parent may send");
        }
    }

    private void Answer_NeedsLock(WorkerSlot slot, FrameHeader header, PoolResultKind kind, ReadOnlyMemory<byte> payload, BlobFile? blobs)
    {
        TimeSpan runTime = TimeSpan.FromTicks(Math.Max(0, header.RunTicks));
        if (slot.Worker.CurrentCall is WorkerCall call && call.Sequence == header.Sequence)
        {
            call.Answer = payload;
            call.AnswerBlobs = blobs;
            slot.CallSince = Now;
            _core.ResultArrived(slot.Worker, header.Sequence, kind, null, runTime, Now);
        }
        else if (slot.Worker.State is PoolWorkerState.Ready)
        {
            blobs?.Dispose();
            throw new InvalidDataException($"an answer to call {header.Sequence}, which it was not asked");
        }
        else
        {
            blobs?.Dispose();
        }
    }

    private void Abandon(Exception exception)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            Volatile.Write(ref _brokenBy, _brokenBy ?? exception);
            _core.Terminate(Now);
            foreach (WorkerSlot slot in _slots.Values)
            {
                slot.Process?.Child.Signal(SignalNumber.SIGKILL);
                _core.WorkerDied(slot.Worker, slot.Worker.LastSent, null, Now);
            }

            Collect_NeedsLock(batch);
        }

        Execute(batch);
    }

    private void Close()
    {
        _events.Dispose();
        _wake.Dispose();
        _blobs.Dispose();
        _finished.TrySetResult();
    }
}
