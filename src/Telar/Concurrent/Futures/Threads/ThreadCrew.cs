using Telar.Concurrent.Futures.Observing;
using Telar.Internal.Waiting;

namespace Telar.Concurrent.Futures.Threads;

// State machine of the crew
//
//             Close                     no thread left
//   Open ---------------> Closing ---------------------------> Finished (the task Finished is complete)
//     |                      ^
//     +-- an initializer threw (_broken is set, all work is refused, then as Close)
//
// State machine of a worker (under _gate)
//
//   (new) --> busy <----------> idle --> gone     busy also --> gone when the crew is closed and there is no work, or when it is lost
//
// Invariants
//   I1  No work is left behind. Submit adds, passes a full fence, and looks at _spare: a worker that goes idle counts itself there, passes
//       a full fence, and looks at the queue. One of the two sees the other (docs/design/thread-pool.md#no-work-is-left-behind).
//   I2  _waking is 1 from the moment that somebody wakes or starts a worker until that worker looks at the queue. Meanwhile nobody wakes
//       another one; the worker does, when it finds more than it takes. So a burst of submissions does not pay for a wake-up each.
//   I3  A new thread is started only when no worker is returning (ThreadWorker.IsReturning), and when there is more work than workers that
//       were woken or started and have taken none yet: each of those looks at the queue, and calls for another when it finds more than it
//       takes. So calls that follow each other share one thread, and there are never more threads than calls.
//   I4  _spare = _idle.Count + (_limit - _count): how many workers could be put to work. It is written under _gate.
//   I5  Close writes _closed, passes a full fence and looks at the queue; Submit adds, passes a full fence and looks at _closed. So work that
//       nobody will run is taken back by the one who added it, and was never heard of; and the crew is not Finished while there is other.
// Locks
//   _gate guards _idle, _all, _count, _limit, _closed and _broken. It is a leaf: no work, no callback and no continuation runs under it.
// Ownership
//   The executor owns the crew. Threads hold the crew and not the executor, which may be collected.

/// <summary>The threads of a pool and the work that waits for them.</summary>
internal sealed partial class ThreadCrew
{
    private readonly CrewRole _role;
    private readonly Lock _gate = new();
    private readonly WorkQueue _queue = new();
    private readonly List<ThreadWorker> _idle = [];
    private readonly HashSet<ThreadWorker> _all = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _firstLimit;
    private readonly int _lastLimit;
    private BrokenThreadPoolException? _broken;
    private SpinGuide _spin;
    private volatile bool _closed;
    private volatile int _spare;
    private int _waking;
    private volatile bool _isWatched;
    private int _limit;
    private int _count;
    private int _number;
    private long _takenByGone;

    public ThreadCrew(string name, ThreadPoolOptions options, CrewRole role)
    {
        Name = name;
        Options = options;
        _role = role;
        _firstLimit = options.MaxWorkers ?? Math.Min(Math.Min(32, Environment.ProcessorCount + 4), options.MaxThreads);
        _lastLimit = options.MaxWorkers ?? options.MaxThreads;
        _limit = _firstLimit;
        _spare = _limit;
    }

    public string Name { get; }

    public ThreadPoolOptions Options { get; }

    /// <summary>The most threads there can ever be.</summary>
    public int MaxThreads => _lastLimit;

    /// <summary>Complete when the crew is closed and all its threads are gone.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Why the crew is broken, or null.</summary>
    public BrokenThreadPoolException? Broken => Volatile.Read(ref _broken);

    public bool IsClosed => _closed;

    /// <summary>Adds work.</summary>
    /// <returns>False: the crew is closed, and the work was never heard of.</returns>
    /// <exception cref="OutOfMemoryException">There is no thread, and the system makes none; the work was taken back.</exception>
    public bool Submit(IThreadWork work)
    {
        _queue.Add(work);

        // I1, I5. No test can see it: what the queue does in itself orders as much today, and nobody promises that.
        Interlocked.MemoryBarrier();
        if (_closed)
        {
            // I5: nobody else has the future yet, so it is cancelled only if nobody will run it.
            return !work.Future.Cancel();
        }

        CallForWorker(work);
        return true;
    }

    /// <summary>For a worker that will not look at the queue soon: has another one look if there is work.</summary>
    public void CallIfThereIsWork()
    {
        if (!_queue.IsEmpty)
        {
            CallForWorker(refused: null);
        }
    }

    /// <summary>The next work of a worker; null when it is to end.</summary>
    public IThreadWork? Take(ThreadWorker worker)
    {
        while (true)
        {
            // Before the look at the queue: what was added before the crew closed is found by it.
            bool closing = _closed;
            if (_queue.TryTake(out IThreadWork? work))
            {
                worker.Begin(work);
                CallIfThereIsWork();
                return work;
            }

            if (closing ? Leave(worker) : !SpinForWork() && !Rest(worker))
            {
                return null;
            }
        }
    }

    /// <summary>Lets a new worker set up what its calls need, and lets others be woken from now on.</summary>
    /// <returns>False: it threw, the crew is broken and the worker has left.</returns>
    public bool Initialize(ThreadWorker worker)
    {
        EndWaking();
        if (!_role.NeedsSetup)
        {
            return true;
        }

        // It may take long: whoever else is needed for the rest of the work is woken before, and not after it.
        CallIfThereIsWork();
        try
        {
            worker.Equipment = _role.SetUp();
        }
        catch (Exception exception)
        {
            Break(worker, exception);
            return false;
        }

        return true;
    }

    /// <summary>Ends the watch over this crew, unless it is needed at this very moment.</summary>
    /// <returns>True: it is not watched any more.</returns>
    public bool EndWatch()
    {
        _isWatched = false;
        Interlocked.MemoryBarrier();
        if (!Look().IsStuck)
        {
            return true;
        }

        _isWatched = true;
        return false;
    }

    /// <summary>How the crew is doing, for the watch over elastic crews.</summary>
    public (long Taken, int Threads, bool IsStuck) Look()
    {
        lock (_gate)
        {
            return (_takenByGone + _all.Sum(static worker => worker.Taken), _count, _spare == 0 && !_queue.IsEmpty && Broken is null);
        }
    }

    /// <summary>Figures of this moment.</summary>
    public ThreadPoolStatistics Inspect()
    {
        lock (_gate)
        {
            ThreadWorker[] workers = [.. _all.OrderBy(static worker => worker.Number)];
            long started = _takenByGone + workers.Sum(static worker => worker.Taken);
            int running = workers.Count(static worker => worker.Work is not null);
            return new ThreadPoolStatistics
            {
                Threads = _count,
                IdleThreads = _idle.Count,
                AllowedThreads = _limit,
                CallsPending = _queue.Count,
                CallsRunning = running,
                CallsEnded = started - running,
                StartedCalls = started,
                Workers = [.. workers.Select(static worker => worker.Inspect())],
            };
        }
    }

    /// <summary>The figures that are looked at often.</summary>
    public ExecutorLoad Sum()
    {
        lock (_gate)
        {
            long started = _takenByGone;
            int running = 0;
            foreach (ThreadWorker worker in _all)
            {
                started += worker.Taken;
                running += worker.Work is null ? 0 : 1;
            }

            return new ExecutorLoad(_queue.Count, running, started - running, _count, _number, _broken is null ? 0 : 1);
        }
    }

    /// <summary>Allows more threads.</summary>
    /// <returns>False: it cannot grow any more.</returns>
    public bool Grow(int by)
    {
        lock (_gate)
        {
            if (Broken is not null || _limit >= _lastLimit)
            {
                return false;
            }

            _limit = Math.Min(_lastLimit, _limit + by);
            CountSpare_NeedsLock();
        }

        WakeOne(refused: null);
        return true;
    }

    // True: it was the last one of a closed crew.
    private bool Remove_NeedsLock(ThreadWorker worker)
    {
        if (!_all.Remove(worker))
        {
            return false;
        }

        _takenByGone += worker.Taken;
        _count--;
        _limit = Math.Max(_firstLimit, Math.Min(_limit, _count));
        CountSpare_NeedsLock();
        return _closed && _count == 0;
    }

    private void CountSpare_NeedsLock() => _spare = _idle.Count + Math.Max(0, _limit - _count);
}
