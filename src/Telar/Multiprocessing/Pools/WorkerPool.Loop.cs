using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Starting;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <content>The pool's own thread.</content>
internal sealed partial class WorkerPool
{
    private const ulong WakeKey = ulong.MaxValue;
    private const int StreamBits = 3;

    // What a pipe holds unless somebody asks for more, and the most an ordinary process may ask for.
    private const int PipeSize = 64 * 1024;
    private const int LargestPipeSize = 1 << 20;

    internal void WatchWritable(WorkerSlot slot, WorkerStream stream) => Post(() =>
    {
        // A socket that has ended is out of the event set, and what could not be sent to it will never be.
        if (slot.Process is { } process && !(stream == WorkerStream.Data ? slot.DataClosed : slot.ControlClosed))
        {
            FrameSocket socket = stream == WorkerStream.Data ? process.Data : process.Control;
            _events.Modify(socket.Handle, Interop.Libc.EPOLLIN | Interop.Libc.EPOLLOUT, Key(slot, stream));
        }
    });

    /// <summary>
    /// A frame could not be sent. Nearly always the worker is gone; if it is not, it will never hear of a call that it is believed
    /// to run, so it has to go.
    /// </summary>
    internal void SendFailed(WorkerSlot slot, Exception failure) => Post(() => BecomeDeaf(slot, $"It does not take what is sent to it ({failure.Message.TrimEnd('.')})."));

    private static ulong Key(WorkerSlot slot, WorkerStream stream) => ((ulong)(uint)slot.Id << StreamBits) | (uint)stream;

    /// <summary>Has the pool's thread do something that only it may do.</summary>
    private void Post(Action action)
    {
        _inbox.Enqueue(action);
        Wake();
    }

    private void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // The pool has ended, and its thread with it: nothing is left to be done.
        }
    }

    private void Loop()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[64];
        try
        {
            while (!_poolEnded || Volatile.Read(ref _unsettled) > 0)
            {
                int count = _events.Wait(events, UntilNextDeadline());

                // Output first: a line that a call wrote is in its pipe before the call's answer is in the socket, so both are
                // in this batch, and the line goes out before the future ends.
                foreach (EpollEvent happened in events[..count])
                {
                    HandleOutput(happened);
                }

                bool mayBeMore = count == events.Length;
                foreach (EpollEvent happened in events[..count])
                {
                    HandleSocket(happened, mayBeMore);
                }

                foreach (EpollEvent happened in events[..count])
                {
                    HandleExit(happened);
                }

                RunInbox();
                Tick();
                LookAtMemory();
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

            TimeSpan at = _core.NextDeadline ?? TimeSpan.MaxValue;
            at = at < _lookAt ? at : _lookAt;
            foreach (WorkerSlot slot in _deaf)
            {
                at = at < slot.DeafUntil ? at : slot.DeafUntil;
            }

            _wakeAt = at;
            double wait = at == TimeSpan.MaxValue ? double.MaxValue : Math.Ceiling((at - Now).TotalMilliseconds);
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
        if (_deaf.Count > 0)
        {
            _deaf.RemoveAll(slot => slot.Process is null || (slot.DeafUntil <= Now && EndDeaf(slot)));
        }
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

        ForwardOutput(slot, stream);
    }

    private void ForwardOutput(WorkerSlot slot, WorkerStream stream)
    {
        if (!(stream == WorkerStream.Output ? slot.OutputClosed : slot.ErrorClosed) && !slot.Forward(stream, PipeSize))
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

    private void HandleSocket(in EpollEvent happened, bool mayBeMore)
    {
        WorkerSlot? slot = Find(happened.Key, out WorkerStream stream);
        if (slot?.Process is not { } process || stream is not (WorkerStream.Data or WorkerStream.Control))
        {
            return;
        }

        bool isData = stream == WorkerStream.Data;
        if ((happened.Events & Interop.Libc.EPOLLOUT) != 0)
        {
            if (!(isData ? slot.DataClosed : slot.ControlClosed))
            {
                FrameSocket socket = isData ? process.Data : process.Control;
                _events.Modify(socket.Handle, Interop.Libc.EPOLLIN, Key(slot, stream));
            }

            (isData ? slot.Data : slot.Control)?.Unblock();
        }

        if (isData && !slot.DataClosed && (happened.Events & ~Interop.Libc.EPOLLOUT) != 0)
        {
            ReadFrames(slot, process.Data, mayBeMore);
        }
        else if (!isData && !slot.ControlClosed && (happened.Events & ~Interop.Libc.EPOLLOUT) != 0)
        {
            ReadControl(slot, process);
        }
    }

    private void HandleExit(in EpollEvent happened)
    {
        WorkerSlot? slot = Find(happened.Key, out WorkerStream stream);
        if (slot?.Process is not { } process || stream != WorkerStream.Exit || !slot.ExitWatched)
        {
            return;
        }

        if (process.Child.Status is { } status)
        {
            Bury(slot, status);
        }
        else
        {
            // Somebody else in this process is about to collect its status; Exited tells when.
            slot.ExitWatched = false;
            _events.Remove(process.Child.Handle);
        }
    }

    private void Abandon(Exception exception)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            PoolBreak mistake = new($"Its own thread failed, which is a mistake in the library: {exception.Message}", exception);
            Volatile.Write(ref _brokenBy, _brokenBy ?? mistake);
            _core.Terminate(gently: false, mistake, Now);
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
        // Only workers that would not die are left, or that were abandoned; without their sockets they end as soon as they can.
        WorkerSlot[] left;
        lock (_gate)
        {
            left = [.. _slots.Values];
            foreach (WorkerSlot slot in left)
            {
                slot.EndedAt ??= Now;
                Forget_NeedsLock(slot);
            }
        }

        foreach (WorkerSlot slot in left)
        {
            WorkerProcess? process = slot.Process;
            slot.Detach();
            process?.Dispose();
        }

        _events.Dispose();
        _wake.Dispose();
        _blobs.Dispose();
        _finished.TrySetResult();
    }
}
