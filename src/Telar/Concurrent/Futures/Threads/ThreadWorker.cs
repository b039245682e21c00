using System.Globalization;
using Telar.Concurrent.Futures.Observing;
using Telar.Internal.Waiting;
using OsThread = System.Threading.Thread;

namespace Telar.Concurrent.Futures.Threads;

// Invariants
//   I1  The thread is a foreground thread while it has work or has been woken for it, and a background thread while it is idle: the program
//       ends when its work is done, and no pool that was forgotten keeps it alive. The one who wakes it sets the first, the thread itself
//       the second, both under the pool's gate.
//   I2  _work is what it runs or ran last, null while it sleeps, written by its thread alone. _workSince goes before it, and is written
//       only in a crew that looks for hangs.
//   I3  _isLost is set once, by the timer of the call that is running here. From then on the pool does not count this thread.
//   I4  While IsReturning, this thread comes to the queue next and runs no code of users before: who adds work, passes a full fence and
//       finds it so need not wake anybody (docs/design/thread-pool.md#a-thread-that-returns). Begin and HoldUp end that state, each with a
//       full fence before the look at the queue.

/// <summary>One thread of a pool.</summary>
internal sealed class ThreadWorker
{
    [ThreadStatic]
    private static ThreadWorker? t_current;

    private static ExecutionContext? s_emptyContext;

    private readonly ThreadCrew _crew;
    private readonly Parker _parker = Parker.Create();
    private readonly OsThread _thread;
    private bool _isLost;
    private readonly bool _isTimed;
    private IThreadWork? _work;
    private bool _isHeldUp;
    private long _workSince;
    private long _taken;

    public ThreadWorker(ThreadCrew crew, int number)
    {
        _crew = crew;
        Number = number;
        _isTimed = crew.Options.HangTimeout is not null;
        ThreadPoolOptions options = crew.Options;
        _thread = new OsThread(Loop, options.StackSize)
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{crew.Name}_{number}"),
            Priority = options.Priority,
        };
    }

    /// <summary>The worker that the calling thread is, or null.</summary>
    public static ThreadWorker? Current => t_current;

    /// <summary>The context in which nothing was ever set; null before there was a worker.</summary>
    public static ExecutionContext? EmptyContext => Volatile.Read(ref s_emptyContext);

    public string Name => _thread.Name!; // set in the constructor

    public ThreadCrew Crew => _crew;

    /// <summary>Its number in the crew, from 0.</summary>
    public int Number { get; }

    /// <summary>Whether somebody has taken this worker from the idle ones; the crew's, under its gate.</summary>
    public bool IsWoken { get; set; }

    /// <summary>How much work it has taken so far.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>What it runs now, callbacks of its end included; null while it waits for work.</summary>
    public IThreadWork? Work => IsReturning ? null : Volatile.Read(ref _work);

    /// <summary>Whether its call has ended, and nothing but the way to the queue lies before it.</summary>
    public bool IsReturning => Volatile.Read(ref _work) is { Future.IsDone: true } && !Volatile.Read(ref _isHeldUp);

    /// <summary>For how long it has been running that; zero where nobody writes it down.</summary>
    public TimeSpan WorkTime => _isTimed && Work is not null ? TimeProvider.System.GetElapsedTime(Volatile.Read(ref _workSince)) : TimeSpan.Zero;

    /// <summary>What the thread has set up for its calls, see <see cref="CrewRole.SetUp"/>; only this thread uses it.</summary>
    public IDisposable? Equipment { get; set; }

    public bool IsLost => Volatile.Read(ref _isLost);

    // Without the starter's context: each call brings its own.
    public void Start() => _thread.UnsafeStart();

    /// <summary>Wakes it; the caller has set <see cref="IsWoken"/>.</summary>
    public void Unpark() => _parker.Unpark();

    public void SetBackground(bool value) => _thread.IsBackground = value;

    public void Park(WaitDeadline deadline) => _parker.Park(deadline);

    /// <summary>On a thread of a pool: code of a user runs next, which may take long or wait for other calls.</summary>
    public static void HoldUpCurrent()
    {
        if (t_current is { _isHeldUp: false } worker)
        {
            Volatile.Write(ref worker._isHeldUp, true);
            Interlocked.MemoryBarrier(); // I4
            worker._crew.CallIfThereIsWork();
        }
    }

    /// <summary>This work was taken from the queue for it.</summary>
    public void Begin(IThreadWork work)
    {
        if (_isTimed)
        {
            Volatile.Write(ref _workSince, TimeProvider.System.GetTimestamp());
        }

        Volatile.Write(ref _taken, _taken + 1);
        Volatile.Write(ref _isHeldUp, false);
        Interlocked.Exchange(ref _work, work); // I4
    }

    /// <summary>It will sleep: whoever adds work from now on has to wake it, and its last call may be collected.</summary>
    public void ForgetWork() => Volatile.Write(ref _work, null);

    /// <summary>Gives this thread up: it runs a call that does not stop.</summary>
    public void GiveUp()
    {
        Volatile.Write(ref _isLost, true);

        try
        {
            // Nobody waits for it any more, also not at the program's end.
            _thread.IsBackground = true;
        }
        catch (ThreadStateException)
        {
            // It has ended meanwhile.
        }

        _crew.OnLost(this);
    }

    /// <summary>What it has done so far.</summary>
    public WorkerStatistics Inspect()
    {
        IThreadWork? work = Work;
        return new WorkerStatistics
        {
            Name = Name,
            ProcessId = Environment.ProcessId,
            Status = work is null ? WorkerStatus.Idle : WorkerStatus.Working,
            Calls = Taken - (work is null ? 0 : 1),
            StartTime = TimeSpan.Zero,
            WaitingTime = TimeSpan.Zero,
            WorkingTime = TimeSpan.Zero,
            ExitTime = TimeSpan.Zero,
            CurrentCall = work?.Future.Name,
            CurrentCallTime = WorkTime,
        };
    }

    /// <summary>Disposes <see cref="Equipment"/>, once.</summary>
    public void GiveBackEquipment()
    {
        Equipment?.Dispose();
        Equipment = null;
    }

    private void Loop()
    {
        t_current = this;
        Interlocked.CompareExchange(ref s_emptyContext, ExecutionContext.Capture(), null);
        ExecutorEvents.Log.WorkerStarted(_crew.Name, Name, Environment.ProcessId);
        if (_crew.Initialize(this))
        {
            RunWork();
        }

        ExecutorEvents.Log.WorkerStopped(_crew.Name, Name, Taken);
    }

    private void RunWork()
    {
        while (!IsLost && _crew.Take(this) is { } work)
        {
            work.Run(this);

            // What a call has set in its context, or the priority of its thread, is not for the next one.
            if (ExecutionContext.Capture() != s_emptyContext)
            {
                ExecutionContext.Restore(s_emptyContext!); // set above
            }
        }

        GiveBackEquipment();
    }
}
