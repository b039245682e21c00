using Telar.Internal.Framing;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Starting;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Multiprocessing.Pools;

/// <content>The beginning and the end of workers; all of it on the pool's thread but for the first method.</content>
internal sealed partial class WorkerPool
{
    private void StartWorker_NeedsLock(in PoolCommand command)
    {
        PoolWorker worker = command.Worker!; // A StartWorker names one.
        int id = ++_nextSlot;
        WorkerSlot slot = new(this, worker, id, $"{Name}/{worker.Number}", Now);
        worker.Tag = slot;
        _slots[id] = slot;
        LookSoon_NeedsLock();
        int budget = Math.Max(1, ProcessHost.ProcessorBudget / _core.MaxWorkers);
        Post(() => Start(slot, budget));
    }

    private void Start(WorkerSlot slot, int processorBudget)
    {
        using PayloadWriter payload = new();
        WorkerProcess process;
        try
        {
            WorkerConfiguration.Write(payload, slot.Name, processorBudget, _settings.Initializer);
            process = (_settings.StartMethod == StartMethod.ForkServer ? ForkServer.Standbys.TryTake(_settings.ServerGc) : null)
                ?? WorkerProcess.Start(standby: false, _settings.ServerGc);
        }
        catch (Exception exception)
        {
            StartFailed(slot, exception);
            return;
        }

        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            slot.Attach(process);
            Outbox data = slot.Data!; // Attached just now.
            data.Append(new FrameHeader(FrameKind.Configure, FrameBlobs.None, 0, payload.Length), payload.WrittenSpan, null);
            if (slot.StopEarly)
            {
                data.Append(new FrameHeader(FrameKind.Stop, FrameBlobs.None, 0, 0), [], null);
            }

            batch.Add(data);
        }

        _settings.Observer?.Started(slot.Name, slot.ProcessId);
        _events.Add(process.Output, Interop.Libc.EPOLLIN, Key(slot, WorkerStream.Output));
        _events.Add(process.Error, Interop.Libc.EPOLLIN, Key(slot, WorkerStream.Error));
        _events.Add(process.Data.Handle, Interop.Libc.EPOLLIN, Key(slot, WorkerStream.Data));
        _events.Add(process.Control.Handle, Interop.Libc.EPOLLIN, Key(slot, WorkerStream.Control));
        if (!process.Child.Handle.IsInvalid)
        {
            slot.ExitWatched = true;
            _events.Add(process.Child.Handle, Interop.Libc.EPOLLIN, Key(slot, WorkerStream.Exit));
        }

        if (slot.KillEarly)
        {
            process.Child.Signal(SignalNumber.SIGKILL);
        }

        Execute(batch);

        // For the rare case that the process descriptor does not do. It would not do alone: it needs a thread of the thread pool.
        _ = process.Child.Exited.ContinueWith(
            ended => Post(() => Bury(slot, ended.Result)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void StartFailed(WorkerSlot slot, Exception exception)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            slot.EndedAt = Now;
            Forget_NeedsLock(slot);

            // What cannot work the second time either is not tried again.
            bool hopeless = exception is InvalidOperationException or PlatformNotSupportedException;
            PoolBreak cause = new($"Worker '{slot.Name}' could not be started: {exception.Message}", exception);
            _core.WorkerStartFailed(
                slot.Worker, cause, hopeless ? PoolStartFailure.InitializerThrew : PoolStartFailure.Transient, Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
    }

    /// <summary>The process has ended: hears out what it left behind, then tells the core.</summary>
    private void Bury(WorkerSlot slot, ExitStatus status)
    {
        if (slot.Process is not { } process)
        {
            return;
        }

        if (slot.ExitWatched)
        {
            slot.ExitWatched = false;
            _events.Remove(process.Child.Handle);
        }

        // Not to the end: what the worker has started may hold the streams too, and go on writing to them.
        slot.Forward(WorkerStream.Output, LargestPipeSize);
        slot.Forward(WorkerStream.Error, LargestPipeSize);
        slot.CompleteLines();
        while (!slot.DataClosed && ReadFrames(slot, process.Data, drainOutput: false))
        {
            // I3: results that arrived before the death count.
        }

        bool outOfMemory = status.Signal == SignalNumber.SIGKILL && slot.StopAt is null && _memory.HasStruck();
        WorkerExit exit = new(slot.Name, slot.ProcessId, status, slot.ErrorTail, outOfMemory, slot.Damage, slot.Worker.StartTimedOut)
        {
            MemoryUsed = slot.MemoryUsed,
            MemoryLimit = slot.MemoryUsed is null ? null : _settings.HardMemoryLimit,
        };
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            slot.Exit = status;
            slot.EndedAt = Now;
            if (slot.StopAt is null)
            {
                _died++;
            }

            if (slot.StartFailure is { } failure)
            {
                _core.WorkerStartFailed(slot.Worker, failure, PoolStartFailure.InitializerThrew, Now);
            }
            else
            {
                _core.WorkerDied(slot.Worker, LeaseWord.LastStarted(ref process.Page.Lease, slot.Worker.LastSent), exit, Now);
            }

            Collect_NeedsLock(batch);
            slot.Detach();
            Forget_NeedsLock(slot);
        }

        // Closing them takes them out of the event set, where a stream that has ended would make the loop spin.
        process.CloseStreams();
        Execute(batch);
        TellEnd(slot, exit);

        if (slot.StopAt is not null && status is { IsSignal: false, Code: 0 })
        {
            process.Dispose();
            return;
        }

        KillRest(process);
    }

    // What a worker had started that crashed, was killed or ended by itself has lost its purpose with it. Looking for it takes a while; and
    // the thread pool may be what the calls of the program are waiting in.
    private static void KillRest(WorkerProcess process)
    {
        System.Threading.Thread killer = new(() =>
        {
            process.Kill();
            process.Dispose();
        })
        {
            IsBackground = true,
            Name = "telar tree kill",
        };
        killer.UnsafeStart();
    }

    private void TellEnd(WorkerSlot slot, WorkerExit exit)
    {
        if (slot.StopAt is null)
        {
            _settings.Observer?.Died(slot.Name, exit.ToString());
        }
        else
        {
            _settings.Observer?.Stopped(slot.Name, slot.Worker.CallsRun);
        }
    }

    private void Forget_NeedsLock(WorkerSlot slot)
    {
        if (_slots.Remove(slot.Id))
        {
            _ended.Enqueue(slot);
            while (_ended.Count > MaxEndedSlots)
            {
                _ended.Dequeue();
            }
        }
    }
}
