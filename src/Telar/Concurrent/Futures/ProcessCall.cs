using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Concurrent.Futures.Observing;
using Telar.Internal.Native;
using Telar.Multiprocessing.Pools;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Concurrent.Futures;

/// <summary>A call in a process pool: joins the pool's record of it with the caller's future.</summary>
// Ownership
//   The pool owns the record from Submit until it has called one of the methods that end it, then Release. The future keeps the
//   record (its owner) only until it ends.
internal sealed class ProcessCall<T> : WorkerCall, IFutureOwner, IObservedCall
{
    private readonly WorkerPool _pool;
    private CancellationTokenRegistration[] _registrations = [];
    private long _started;

    // This record ended the future, so it tells the waiters; else Future.Cancel was first, and does.
    private bool _settled;

    private ProcessCall(WorkerPool pool, string? name)
    {
        _pool = pool;
        Future = new OwnedFuture<T>(name, this);
    }

    public Future<T> Future { get; }

    public CallObservation? Observation { get; private init; }

    private IProgress<TaskProgress>? Progress { get; init; }

    /// <summary>Encodes a call, in the caller's thread, where a refusal belongs.</summary>
    /// <exception cref="SerializationException">Something the call holds cannot be sent; nothing was submitted.</exception>
    public static ProcessCall<T> Encode(WorkerPool pool, RemoteCall call, CallOptions? options)
    {
        PayloadWriter payload = new();
        RentedBlobs blobs = new(pool.Blobs);
        EncodeContext context = new() { Descriptors = [] };
        List<SafeFileHandle> descriptors = [];
        try
        {
            payload.Blobs = blobs;
            TypedCodec.Write(payload, call, context);
            blobs.File?.Seal();

            // Of the call's own: the caller may dispose its objects while the call waits.
            foreach (SafeHandle descriptor in context.Descriptors)
            {
                descriptors.Add(DescriptorIO.Duplicate(descriptor));
            }
        }
        catch
        {
            descriptors.ForEach(static descriptor => descriptor.Dispose());
            payload.Dispose();
            blobs.File?.Dispose();
            throw;
        }

        ProcessCall<T> encoded = new(pool, options?.Name)
        {
            Name = options?.Name,
            Timeout = options?.Timeout,
            Grace = options?.Grace,
            Retries = options?.Retries ?? 0,
            Priority = options?.Priority ?? 0,
            Payload = payload,
            Blobs = blobs.File,
            Descriptors = descriptors,
            Observation = options?.Observation,
            Progress = options?.Progress,
        };
        encoded.Watch(context.Tokens);
        return encoded;
    }

    public override void OnRunning()
    {
        _started = TimeProvider.System.GetTimestamp();
        if (Future.TryRun())
        {
            Observation?.Began((Worker?.Tag as WorkerSlot)?.Name ?? "");
        }
    }

    public override void OnProgress(double fraction, string? message)
    {
        if (Progress is { } listener)
        {
            TaskContext.Deliver(listener, Future, new TaskProgress(fraction, message));
        }
    }

    public override void OnSucceeded(PayloadReader answer) => _settled = Future.TrySettleResult(TypedCodec.Read<T>(answer)!); // T says whether null is a result.

    public override void OnFailed(Exception exception) => _settled = Future.TrySettleException(exception);

    public override void OnBroken(PoolBreak cause) => _settled = Future.TrySettleException(ProcessPoolExecutor.Broken(_pool.Name, cause));

    public override void OnCancelled() => _settled = Future.TrySettleCancelled(default, HasBegun);

    public override void OnTimedOut(string worker, StopKind end) => _settled = Future.TrySettleException(new CallTimeoutException(
        Timeout ?? System.Threading.Timeout.InfiniteTimeSpan,
        end switch
        {
            StopKind.Cooperative => CallStop.Cooperative,
            StopKind.Killed => CallStop.WorkerKilled,
            StopKind.NotStarted => CallStop.NotStarted,
            _ => CallStop.WorkerLost,
        },
        Name,
        Id,
        worker));

    public override void OnWorkerDied(WorkerExit exit) => _settled = Future.TrySettleException(new WorkerDiedException(new WorkerDeath
    {
        Worker = exit.Worker,
        ProcessId = exit.ProcessId,
        ExitCode = exit.Status is { IsLost: false } status ? status.Code : null,
        Signal = exit.Status?.SignalName,
        CallId = Id,
        CallName = Name,
        Attempts = Attempts,
        Elapsed = _started == 0 ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(_started),
        PeakMemory = exit.Status?.MaxResidentBytes,
        OutOfMemory = exit.OutOfMemory,
        MemoryLimit = exit.MemoryLimit,
        MemoryUsed = exit.MemoryUsed,
        Damage = exit.Damage,
        StandardErrorTail = exit.ErrorTail,
    }));

    public override void Tell()
    {
        if (_settled)
        {
            Future.TellWaiters();
        }
    }

    public bool Withdraw(Future future)
    {
        PoolCancelAnswer answer = _pool.Cancel(this, evenIfRunning: false);
        return answer == PoolCancelAnswer.Cancelled || Outcome == PoolCallOutcome.Cancelled;
    }

    public bool RequestStop(Future future) => _pool.Cancel(this, evenIfRunning: true) != PoolCancelAnswer.TooLate;

    public override void Release()
    {
        foreach (CancellationTokenRegistration registration in _registrations)
        {
            // Not Dispose, which would wait for a callback that may be waiting for this thread.
            registration.Unregister();
        }

        base.Release();
        if (Blobs is { } blobs)
        {
            // Only a worker that has answered is certain not to touch the file any more.
            if (Outcome is PoolCallOutcome.Succeeded or PoolCallOutcome.Failed)
            {
                _pool.Blobs.Return(blobs);
            }
            else
            {
                blobs.Dispose();
            }
        }
    }

    private void Watch(List<CancellationToken> tokens)
    {
        if (tokens.Count == 0)
        {
            return;
        }

        _registrations = new CancellationTokenRegistration[tokens.Count];
        for (int i = 0; i < tokens.Count; i++)
        {
            int index = i;
            _registrations[i] = tokens[i].UnsafeRegister(_ => _pool.CancelToken(this, index), null);
        }
    }
}
