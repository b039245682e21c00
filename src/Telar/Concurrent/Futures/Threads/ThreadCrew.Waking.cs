using System.Diagnostics;
using Telar.Internal.Waiting;

namespace Telar.Concurrent.Futures.Threads;

// Who is woken or started, and who rests. State machines, invariants and locks: ThreadCrew.cs.
internal sealed partial class ThreadCrew
{
    private const int SpinsBeforeLook = 16;

    private static readonly long s_spinTicks = Stopwatch.Frequency * 20 / 1_000_000;

    // There is work for one more worker.
    private void CallForWorker(IThreadWork? refused)
    {
        if (_spare > 0)
        {
            if (Volatile.Read(ref _waking) == 0)
            {
                WakeOne(refused);
            }
        }
        else if (_lastLimit > _firstLimit && !_isWatched)
        {
            _isWatched = true;
            ElasticGrowth.Watch(this);
        }
    }

    // Wakes an idle worker or starts a new one, unless one is being woken or comes by itself.
    private void WakeOne(IThreadWork? refused)
    {
        ThreadWorker? starting = null;
        lock (_gate)
        {
            // Without taking _waking where I3 applies: nobody may rely on one who wakes nobody.
            if ((_idle.Count == 0 && AreEnoughComing_NeedsLock()) || Interlocked.Exchange(ref _waking, 1) != 0)
            {
                return;
            }

            if (_idle.Count > 0)
            {
                ThreadWorker worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                CountSpare_NeedsLock();
                Wake_NeedsLock(worker);
                return;
            }

            if (_count < _limit && Broken is null && !_queue.IsEmpty)
            {
                starting = new ThreadWorker(this, _number++);
                _all.Add(starting);
                _count++;
                CountSpare_NeedsLock();
            }
        }

        if (starting is not null)
        {
            Start(starting, refused);
            return;
        }

        // All are busy, or the work was taken. Those who added work meanwhile relied on the one who would be woken: look for them (I2).
        EndWaking();
        if (!_queue.IsEmpty && Broken is null)
        {
            CallForWorker(refused);
        }
    }

    // I3; no worker is idle.
    private bool AreEnoughComing_NeedsLock()
    {
        int coming = 0;
        foreach (ThreadWorker worker in _all)
        {
            if (worker.IsReturning)
            {
                return true;
            }

            coming += worker.Work is null ? 1 : 0;
        }

        return coming > 0 && _queue.Count <= coming;
    }

    private void Start(ThreadWorker worker, IThreadWork? refused)
    {
        try
        {
            worker.Start();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            bool isAlone;
            bool isFinished;
            lock (_gate)
            {
                isFinished = Remove_NeedsLock(worker);
                isAlone = _count == 0;
            }

            // With other threads there the work waits for them.
            EndWaking();
            if (!isAlone)
            {
                return;
            }

            bool isRefused = refused is not null && refused.Future.Cancel();
            RefuseAll(exception);
            if (isFinished)
            {
                _finished.TrySetResult();
            }

            if (isRefused)
            {
                throw;
            }
        }
    }

    // After it the one who was woken, or in vain was to be woken, looks at the queue; a full fence in between (I2).
    private void EndWaking() => Interlocked.Exchange(ref _waking, 0);

    private bool SpinForWork()
    {
        if (!_spin.ShouldSpin())
        {
            return false;
        }

        long end = Stopwatch.GetTimestamp() + s_spinTicks;
        do
        {
            for (int i = 0; i < SpinsBeforeLook; i++)
            {
                if (!_queue.IsEmpty || _closed)
                {
                    _spin.Report(success: true);
                    return true;
                }

                Thread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() < end);

        _spin.Report(success: false);
        return false;
    }

    // Waits among the idle workers until somebody wakes this one. False: the time is over, and it has left.
    private bool Rest(ThreadWorker worker)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return true;
            }

            worker.IsWoken = false;
            worker.SetBackground(true);
            _idle.Add(worker);
            CountSpare_NeedsLock();
        }

        // I1. No test can see it: to leave a lock is a full fence today, and is promised to be half of one.
        Interlocked.MemoryBarrier();
        if (!_queue.IsEmpty && TryRise(worker))
        {
            return true;
        }

        worker.ForgetWork();
        WaitDeadline deadline = WaitDeadline.After(Options.IdleTimeout);
        while (true)
        {
            bool isOver = deadline.IsOver;
            lock (_gate)
            {
                if (worker.IsWoken)
                {
                    break;
                }

                if (isOver)
                {
                    _idle.Remove(worker);
                    _ = Remove_NeedsLock(worker);
                    return false;
                }
            }

            worker.Park(deadline);
        }

        EndWaking();
        return true;
    }

    // Takes the worker back from the idle ones, unless somebody has woken it.
    private bool TryRise(ThreadWorker worker)
    {
        lock (_gate)
        {
            if (worker.IsWoken)
            {
                return false;
            }

            _idle.Remove(worker);
            worker.SetBackground(false);
            CountSpare_NeedsLock();
            return true;
        }
    }

    private static void Wake_NeedsLock(ThreadWorker worker)
    {
        worker.IsWoken = true;
        worker.SetBackground(false);
        worker.Unpark();
    }
}
