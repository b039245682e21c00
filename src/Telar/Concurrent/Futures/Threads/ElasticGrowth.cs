using Telar.Internal.Waiting;
using OsThread = System.Threading.Thread;

namespace Telar.Concurrent.Futures.Threads;

// Invariants
//   I1  A crew is in s_watched  <=>  its _isWatched is true, but for the moment between its own write and Watch, and inside EndWatch.
//   I2  s_isRunning is true  <=>  the thread is there and will look at s_watched once more before it ends.
// Locks
//   s_gate guards s_watched and s_isRunning; a crew's gate may be taken under it, never the other way round.
// Ownership
//   The thread is nobody's: it is there while crews are stuck, and a little longer.

/// <summary>
/// Watches the elastic crews whose threads are all busy while work waits. Where nothing is taken for a while although processors are
/// idle, the threads are blocked, and more are allowed.
/// </summary>
internal static class ElasticGrowth
{
    private const int RestingLooks = 100;
    private const double IdleBelow = 0.8;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);
    private static readonly System.Threading.Lock s_gate = new();
    private static readonly Dictionary<ThreadCrew, long> s_watched = [];
    private static bool s_isRunning;

    /// <summary>Watches a crew until it is not stuck any more.</summary>
    public static void Watch(ThreadCrew crew)
    {
        lock (s_gate)
        {
            s_watched.TryAdd(crew, -1);
            if (s_isRunning)
            {
                return;
            }

            s_isRunning = true;
        }

        new OsThread(Loop) { IsBackground = true, Name = "Telar elastic threads" }.UnsafeStart();
    }

    private static void Loop()
    {
        Parker parker = Parker.Create();
        int looksInVain = 0;
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long looked = TimeProvider.System.GetTimestamp();
        while (looksInVain < RestingLooks || !TryEnd())
        {
            parker.Park(WaitDeadline.After(s_pause));
            TimeSpan usedNow = Environment.CpuUsage.TotalTime;
            double share = (usedNow - used) / TimeProvider.System.GetElapsedTime(looked) / Environment.ProcessorCount;
            used = usedNow;
            looked = TimeProvider.System.GetTimestamp();
            looksInVain = LookAtAll(hasIdleProcessors: share < IdleBelow) ? 0 : looksInVain + 1;
        }
    }

    private static bool TryEnd()
    {
        lock (s_gate)
        {
            s_isRunning = s_watched.Count > 0;
            return !s_isRunning;
        }
    }

    // Whether there was a crew to look at.
    private static bool LookAtAll(bool hasIdleProcessors)
    {
        KeyValuePair<ThreadCrew, long>[] crews;
        lock (s_gate)
        {
            crews = [.. s_watched];
        }

        foreach ((ThreadCrew crew, long takenBefore) in crews)
        {
            (long taken, int threads, bool isStuck) = crew.Look();
            if (isStuck && taken == takenBefore && hasIdleProcessors)
            {
                _ = crew.Grow(by: Math.Max(1, threads / 4));
            }

            lock (s_gate)
            {
                if (!isStuck && crew.EndWatch())
                {
                    s_watched.Remove(crew);
                }
                else
                {
                    s_watched[crew] = taken;
                }
            }
        }

        return crews.Length > 0;
    }
}
