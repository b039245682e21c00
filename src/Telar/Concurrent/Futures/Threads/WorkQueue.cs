using System.Collections.Concurrent;

namespace Telar.Concurrent.Futures.Threads;

// Invariants
//   I1  Work of priority 0, which is nearly all, goes through _usual and takes no lock.
//   I2  _rankedCount is the number of entries in _ranked; it is written under the lock and read without it to find out that there is none.
// Locks
//   _ranked guards itself; a leaf.

/// <summary>The work of a pool: by priority, and in the order of its coming among equals.</summary>
internal sealed class WorkQueue
{
    private readonly ConcurrentQueue<IThreadWork> _usual = new();
    private readonly PriorityQueue<IThreadWork, (long Rank, long Number)> _ranked = new();
    private long _rankedNumber;
    private int _rankedCount;

    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty => _usual.IsEmpty && Volatile.Read(ref _rankedCount) == 0;

    /// <summary>How much work there is, cancelled work that nobody has come across included.</summary>
    public int Count => _usual.Count + Volatile.Read(ref _rankedCount);

    /// <summary>Adds work.</summary>
    public void Add(IThreadWork work)
    {
        int priority = work.Priority;
        if (priority == 0)
        {
            _usual.Enqueue(work);
            return;
        }

        lock (_ranked)
        {
            _ranked.Enqueue(work, (-(long)priority, _rankedNumber++));
            Volatile.Write(ref _rankedCount, _ranked.Count);
        }
    }

    /// <summary>Takes what is next.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IThreadWork work) =>
        Volatile.Read(ref _rankedCount) == 0
            ? _usual.TryDequeue(out work)
            : TryTakeRanked(above: 0, out work) || _usual.TryDequeue(out work) || TryTakeRanked(above: int.MinValue, out work);

    private bool TryTakeRanked(int above, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out IThreadWork work)
    {
        lock (_ranked)
        {
            if (!_ranked.TryPeek(out work, out _) || (work.Priority <= above && above != int.MinValue))
            {
                work = null;
                return false;
            }

            _ranked.Dequeue();
            Volatile.Write(ref _rankedCount, _ranked.Count);
            return true;
        }
    }
}
