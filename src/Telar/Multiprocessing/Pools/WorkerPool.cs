using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Telar.Internal.Native;
using Telar.Multiprocessing.Workers;

namespace Telar.Multiprocessing.Pools;

/// <summary>Drives a <see cref="PoolCore"/> over real worker processes: the core decides, this class moves bytes and processes.</summary>
// Threads
//   The pool's own thread waits for answers, output lines, exits and the core's next deadline, and starts processes.
//   Any thread may submit or cancel: it changes the core under the lock and then writes to the worker's socket itself, so that a
//   call reaches an idle worker without a change of threads in this process.
// Invariants
//   I1  The commands of an event are taken from the core within the same hold of _gate as the event, so an answer's memory,
//       which is valid only until the next read from its socket, is used by the very thread that read it.
//   I2  Frames are appended to a worker's outbox under _gate, in the order in which the core issued them, and sent outside it.
//   I3  A worker's death is told to the core only after every frame that it had written has been read.
//   I4  WorkerCall.On... methods and Tell, which may run user code, never run under _gate.
//   I5  _unsettled counts the calls whose end was taken from the core and is not noted in their futures yet, on whatever thread. The pool
//       finishes only when there are none. Whoever takes the count to zero looks at _poolEnded afterwards, and the pool's thread
//       the other way round, both behind a full fence: so one of them sees the other.
// Locks
//   _gate, then an outbox's own. Nothing else is taken under _gate.
// Ownership
//   The pool owns its workers' processes, sockets and pages; a page is unmapped under _gate, after its death was told.
[SuppressMessage("Design", "CA1001", Justification = "The pool's thread disposes them when it ends; whoever holds the pool only shuts it down.")]
internal sealed partial class WorkerPool
{
    private const int MaxEndedSlots = 1000;

    private readonly System.Threading.Lock _gate = new();
    private readonly PoolCore _core;
    private readonly WorkerPoolSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Dictionary<int, WorkerSlot> _slots = [];
    private readonly Queue<WorkerSlot> _ended = new();
    private readonly ConcurrentQueue<Action> _inbox = new();
    private readonly EpollSet _events = new();
    private readonly EventDescriptor _wake = new();
    private readonly System.Threading.Thread _thread;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OutOfMemoryWatch _memory = new();
    private readonly BlobFileCache _blobs;
    private TimeSpan _wakeAt = TimeSpan.MaxValue;
    private PoolBreak? _brokenBy;
    private int _nextSlot;
    private int _died;
    private bool _poolEnded;
    private int _unsettled;

    public WorkerPool(WorkerPoolSettings settings, TimeProvider? time = null)
    {
        _settings = settings;
        _time = time ?? TimeProvider.System;
        _origin = _time.GetTimestamp();
        _blobs = new BlobFileCache(_time);
        _core = new PoolCore(settings.Policy);
        _events.Add(_wake.Handle, Interop.Libc.EPOLLIN, WakeKey);
        _thread = new System.Threading.Thread(Loop) { IsBackground = true, Name = $"telar {settings.Name}" };
        _thread.UnsafeStart();

        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            _core.Start(Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
    }

    public string Name => _settings.Name;

    /// <summary>Where calls get the files for their big buffers from.</summary>
    public BlobFileCache Blobs => _blobs;

    /// <summary>Ends when every worker is gone after <see cref="Shutdown"/>.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Why no worker can be started; null while the pool works.</summary>
    public PoolBreak? BrokenBy => Volatile.Read(ref _brokenBy);

    public bool IsPoolThread => System.Threading.Thread.CurrentThread == _thread;

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Hands a call over.</summary>
    /// <returns>False when the pool is shut down or broken; the call is untouched then.</returns>
    public bool Submit(WorkerCall call)
    {
        PoolBatch batch = PoolBatch.Take();
        bool accepted;
        lock (_gate)
        {
            accepted = _core.Submit(call, Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
        return accepted;
    }

    /// <summary>Cancels a call.</summary>
    /// <param name="call">A call that was submitted.</param>
    /// <param name="evenIfRunning">Ask a running call to stop, and make it after its grace.</param>
    public PoolCancelAnswer Cancel(WorkerCall call, bool evenIfRunning)
    {
        PoolBatch batch = PoolBatch.Take();
        PoolCancelAnswer answer;
        lock (_gate)
        {
            answer = _core.Cancel(call, evenIfRunning, Now);
            Collect_NeedsLock(batch);
            if (answer == PoolCancelAnswer.Requested && call is { State: PoolCallState.Ended, Outcome: PoolCallOutcome.Cancelled })
            {
                // It had been sent ahead and was taken back at once.
                answer = PoolCancelAnswer.Cancelled;
            }
        }

        Execute(batch);
        return answer;
    }

    /// <summary>Passes on that a token captured by the call was cancelled.</summary>
    /// <param name="call">A call that was submitted.</param>
    /// <param name="token">The token's index in the call's encoding.</param>
    public void CancelToken(WorkerCall call, int token)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            if (call.State != PoolCallState.Ended)
            {
                (call.CancelledTokens ??= []).Add(token);
                if (call.Worker?.Tag is WorkerSlot slot)
                {
                    AppendCancel_NeedsLock(batch, slot, call.Sequence, token);
                }
            }
        }

        Execute(batch);
    }

    /// <summary>Cancels every call, pending or running; the pool goes on.</summary>
    /// <returns>How many calls there were.</returns>
    public int CancelAll()
    {
        PoolBatch batch = PoolBatch.Take();
        int count;
        lock (_gate)
        {
            count = _core.CancelAll(Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
        return count;
    }

    public void Resize(int workers)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            _core.Resize(workers, Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
    }

    /// <summary>Takes no more calls; ends when those there are have ended. Does not wait.</summary>
    public void Shutdown(bool cancelPending)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            _core.Shutdown(cancelPending, Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
    }

    /// <summary>As <see cref="Shutdown"/> without cancelling, but on the pool's thread: for a finalizer, which must not wait for a lock.</summary>
    public void ShutdownSoon() => Post(() => Shutdown(cancelPending: false));

    /// <summary>Ends every worker now, and breaks the pool; all calls end.</summary>
    /// <param name="gently">Whether workers are asked first (SIGTERM) and killed only when they do not exit in time.</param>
    /// <param name="cause">What the calls end with.</param>
    public void Terminate(bool gently, PoolBreak cause)
    {
        PoolBatch batch = PoolBatch.Take();
        lock (_gate)
        {
            _core.Terminate(gently, cause, Now);
            Collect_NeedsLock(batch);
        }

        Execute(batch);
    }

    /// <summary>Reads the pool's and its workers' state under the lock.</summary>
    public T Inspect<T>(Func<PoolStatistics, IEnumerable<WorkerSlot>, TimeSpan, int, T> read)
    {
        lock (_gate)
        {
            return read(_core.Snapshot(), _ended.Concat(_slots.Values.OrderBy(static slot => slot.Id)), Now, _died);
        }
    }

    public void ForwardLine(WorkerSlot slot, bool isError, string line)
    {
        try
        {
            _settings.Output(slot.Name, slot.ProcessId, isError, line);
        }
        catch (Exception exception)
        {
            // A consumer of output lines must not take the pool with it.
            System.Diagnostics.Trace.TraceError($"telar: the consumer of worker output threw: {exception}");
        }
    }
}
