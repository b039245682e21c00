using Telar.Concurrent.Futures.Observing;

namespace Telar.Concurrent.Futures.Threads;

// How the crew and its workers end. State machines, invariants and locks: ThreadCrew.cs.
internal sealed partial class ThreadCrew
{
    /// <summary>What a submission to a broken crew throws; null when it is not broken.</summary>
    public BrokenThreadPoolException? NewBroken() =>
        Broken is { } broken ? _role.NewBroken(Name, broken.Message, broken.InnerException) : null;

    /// <summary>Takes no more work. Workers end when there is none left.</summary>
    /// <param name="cancel">Whether to cancel what has not begun.</param>
    public void Close(bool cancel)
    {
        bool isEmpty;
        lock (_gate)
        {
            _closed = true;
            isEmpty = _count == 0;
            foreach (ThreadWorker worker in _idle)
            {
                Wake_NeedsLock(worker);
            }

            _idle.Clear();
            CountSpare_NeedsLock();
        }

        while (cancel && _queue.TryTake(out IThreadWork? work))
        {
            work.Future.Cancel();
        }

        // The other half of I5: who added work that is not seen here sees that the crew is closed.
        Interlocked.MemoryBarrier();
        if (!_queue.IsEmpty)
        {
            WakeOne(refused: null);
        }
        else if (isEmpty)
        {
            _finished.TrySetResult();
        }
    }

    /// <summary>A worker's call was given up: its place is free for another.</summary>
    public void OnLost(ThreadWorker worker)
    {
        bool isFinished;
        lock (_gate)
        {
            isFinished = Remove_NeedsLock(worker);
        }

        // I1, for a place that becomes free.
        Interlocked.MemoryBarrier();
        if (isFinished)
        {
            _finished.TrySetResult();
        }
        else if (!_queue.IsEmpty)
        {
            WakeOne(refused: null);
        }
    }

    private bool Leave(ThreadWorker worker)
    {
        // Before the crew can be finished: who waits for that finds nothing left behind.
        worker.GiveBackEquipment();
        bool isFinished;
        lock (_gate)
        {
            isFinished = Remove_NeedsLock(worker);
        }

        if (isFinished)
        {
            _finished.TrySetResult();
        }

        return true;
    }

    private void Break(ThreadWorker worker, Exception exception)
    {
        BrokenThreadPoolException broken = _role.NewBroken(
            Name,
            Phrases.Ended($"{_role.Kind} '{Name}' is broken: the initializer of thread '{worker.Name}' threw {exception.GetType().Name}: {exception.Message}")
            + "No call can be run; make a new pool once that is mended.",
            exception);
        bool isFinished;
        lock (_gate)
        {
            _broken ??= broken;
            _closed = true;
            foreach (ThreadWorker idle in _idle)
            {
                Wake_NeedsLock(idle);
            }

            _idle.Clear();
            isFinished = Remove_NeedsLock(worker);
        }

        ExecutorEvents.Log.ExecutorBroken(Name, broken.Message);
        EndWaking();
        RefuseAll(Broken!); // set above
        if (isFinished)
        {
            _finished.TrySetResult();
        }
    }

    private void RefuseAll(Exception exception)
    {
        while (_queue.TryTake(out IThreadWork? work))
        {
            work.Refuse(exception);
        }
    }
}
