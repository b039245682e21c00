using System.Diagnostics;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// One thread of this process sleeps for up to 127 awaits, at all their words and one of its own (futex_waitv); more awaits get a second
// crew. It is not the thread pool's: a pool thread would be held by each await, and few awaits would stop the program. It is no timer
// either: a wake-up would wait for the next tick. The choice is explained in docs/design/process-locks.md#awaiting.
//
// Invariants
//   I1  Every wait is in _waits of one crew, or in its _inbox, from Add until it has ended, and is in its _count before. Add raises _news
//       after it wrote the inbox.
//   I2  A crew is in s_crews as long as its thread runs. The thread leaves, under s_gate, when it has had nothing to do for a second.
// Locks
//   s_gate guards s_crews and the fields _inbox and _count of all crews. A leaf.
// Ownership
//   _waits belongs to the thread of the crew.

/// <summary>A thread that sleeps on behalf of awaits.</summary>
/// <remarks><b>Thread safety.</b> <see cref="Add"/> may be called by any number of threads at once.</remarks>
internal sealed unsafe class WaitCrew
{
    private const int StackSize = 256 * 1024;
    private const int MostWaits = SharedFutex.MostWords - 1;

    private static readonly long s_patience = Stopwatch.Frequency;

    // Where one cannot sleep at several words, the crew looks this often.
    private static readonly long s_glance = Stopwatch.Frequency / 500;

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly List<WaitCrew> s_crews = [];

    private readonly List<PendingWait> _inbox = [];
    private readonly List<PendingWait> _waits = [];
    private readonly CancelWord _news = new();
    private int _count;

    /// <summary>Takes over a wait that has not ended.</summary>
    internal static void Add(PendingWait wait)
    {
        WaitCrew crew;
        lock (s_gate)
        {
            crew = s_crews.Find(static some => some._count < MostWaits) ?? Start_NeedsGate();
            crew._count++;
        }

        wait.Registration = wait.CancellationToken.UnsafeRegister(static state => ((WaitCrew)state!)._news.Raise(), crew); // not null: the crew
        lock (s_gate)
        {
            crew._inbox.Add(wait);
        }

        crew._news.Raise();
    }

    private static WaitCrew Start_NeedsGate()
    {
        WaitCrew crew = new();
        new Thread(crew.Work, StackSize) { IsBackground = true, Name = "Telar process waits" }.UnsafeStart();
        s_crews.Add(crew); // after the start, which throws when the system has no thread left
        return crew;
    }

    private void Work()
    {
        long leaveAt = Stopwatch.GetTimestamp() + s_patience;
        while (true)
        {
            int news = _news.Value;
            lock (s_gate)
            {
                _waits.AddRange(_inbox);
                _inbox.Clear();
                if (_count == 0 && Stopwatch.GetTimestamp() >= leaveAt)
                {
                    s_crews.Remove(this);
                    return;
                }
            }

            int ended = _waits.RemoveAll(static wait => wait.TryEnd());
            if (ended > 0)
            {
                lock (s_gate)
                {
                    _count -= ended;
                }
            }

            if (_waits.Count > 0)
            {
                leaveAt = Stopwatch.GetTimestamp() + s_patience;
            }

            Sleep(news, leaveAt);
        }
    }

    private void Sleep(int news, long leaveAt)
    {
        long until = leaveAt;
        Span<Libc.FutexWaitv> words = stackalloc Libc.FutexWaitv[SharedFutex.MostWords];
        words[0] = _news.Unless(news);
        int count = 1;
        foreach (PendingWait wait in _waits)
        {
            until = Math.Min(until, wait.WakeAt);
            words[count++] = SharedFutex.Shared(wait.Words.AddressOf(wait.Sleep.Index), wait.Sleep.Seen);
        }

        if (SharedFutex.CanWaitForMany)
        {
            SharedFutex.Sleep(words[..count], until);
        }
        else
        {
            long glance = _waits.Count == 0 ? until : Math.Min(until, Stopwatch.GetTimestamp() + s_glance);
            _news.Sleep(news, glance);
        }

        foreach (PendingWait wait in _waits)
        {
            wait.Words.KeepAlive();
        }
    }
}
