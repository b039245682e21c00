using System.Diagnostics;
using Telar.Internal.Waiting;
using OsThread = System.Threading.Thread;

namespace Telar.Threading.Threads;

/// <summary>A thread of the system that carries one body or, where reuse is allowed, one after the other.</summary>
/// <remarks>For the runtime a carrier is a background thread while it is parked or carries a daemon: the program ends without it.</remarks>
// State machine
//
//            Start                   body ended, may be reused
//   (new) ----------> carrying ---------------------------------> parked
//                        |    ^                                    |   |
//      not to be reused  |    +---------- Start takes it ----------+   |  nobody came for IdleTime
//                        v                                             v
//                     (ends) <---------------------------------------- +
//
// Invariants
//   I1  A carrier stands in s_parked  <=>  nobody has given it a body. Who takes it out under s_gate either gives it one, or is the
//       carrier itself, which then ends.
//   I2  _current is the body that is carried, or is given; null while parked. The volatile write of Start pairs with the read of the parked
//       thread. From the moment it is carried until it is taken away again, both under _naming, _isCarrying is true: a name that is meant
//       for one body never lands on the next.
// Locks
//   s_gate guards s_parked. _naming guards _isCarrying and the name of the system's thread. Both are leaves; no body runs under them.
internal sealed class Carrier
{
    /// <summary>How long a parked thread waits for another body.</summary>
    internal static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private const int MaxParked = 64;
    private const int SpinsBeforeLook = 8;

    private static readonly long s_spinTicks = Stopwatch.Frequency * 30 / 1_000_000;
    private static SpinGuide s_spin;

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly List<Carrier> s_parked = [];

    [ThreadStatic]
    private static bool t_isReusable;

    private readonly System.Threading.Lock _naming = new();
    private readonly Parker? _parker;
    private readonly OsThread _os;
    private readonly int _stackSize;
    private ThreadHandle? _current;
    private bool _isCarrying;

    private Carrier(bool isDaemon, int stackSize, bool mayReuse)
    {
        _stackSize = stackSize;
        _parker = mayReuse ? Parker.Create() : null;
        _os = new OsThread(Loop, stackSize) { IsBackground = isDaemon };
    }

    /// <summary>Whether the calling thread outlives the body it runs.</summary>
    public static bool IsReusable => t_isReusable;

    /// <summary>How many threads are parked.</summary>
    public static int ParkedCount
    {
        get
        {
            lock (s_gate)
            {
                return s_parked.Count;
            }
        }
    }

    /// <summary>Gives a body to a parked thread, or else to a new one.</summary>
    /// <exception cref="OutOfMemoryException">The system makes no more threads.</exception>
    /// <exception cref="ThreadStartException">The same.</exception>
    public static void Start(ThreadHandle handle, bool isDaemon, int stackSize, bool mayReuse)
    {
        Carrier? carrier = mayReuse ? TakeParked(stackSize) : null;
        if (carrier is not null)
        {
            handle.Attach(carrier, carrier._os.ManagedThreadId);
            if (!isDaemon)
            {
                carrier._os.IsBackground = false;
            }

            Volatile.Write(ref carrier._current, handle);
            carrier._parker!.Unpark(); // what was parked has one
            return;
        }

        carrier = new Carrier(isDaemon, stackSize, mayReuse);
        handle.Attach(carrier, carrier._os.ManagedThreadId);
        Volatile.Write(ref carrier._current, handle);

        // What flows into the thread is the body's affair.
        carrier._os.UnsafeStart();
    }

    /// <summary>The system's thread, if it carries this body now.</summary>
    public OsThread? OsOf(ThreadHandle handle)
    {
        lock (_naming)
        {
            return _isCarrying && _current == handle ? _os : null;
        }
    }

    /// <summary>Names the system's thread, if it carries this body now.</summary>
    public void Rename(ThreadHandle handle, string name)
    {
        lock (_naming)
        {
            if (_isCarrying && _current == handle)
            {
                SetName_NeedsLock(name);
            }
        }
    }

    private static Carrier? TakeParked(int stackSize)
    {
        lock (s_gate)
        {
            int index = s_parked.FindLastIndex(carrier => carrier._stackSize == stackSize);
            if (index < 0)
            {
                return null;
            }

            Carrier taken = s_parked[index];
            s_parked.RemoveAt(index);
            return taken;
        }
    }

    private void Loop()
    {
        t_isReusable = _parker is not null;
        ExecutionContext? clean = ExecutionContext.Capture();
        while (true)
        {
            ThreadHandle handle = _current!; // given before the thread was started, or woken
            lock (_naming)
            {
                // By the thread itself, for which it is ten times cheaper than for another.
                _isCarrying = true;
                SetName_NeedsLock(handle.Name);
            }

            handle.Carry();
            lock (_naming)
            {
                _isCarrying = false;
                _current = null;
            }

            ThreadHandle.Uncount();
            if (_parker is null)
            {
                handle.SetDone();
                return;
            }

            CleanUp(clean);

            // Parked before its joiners know: who starts a thread after each join finds this one.
            bool isParked = TryPark();
            handle.SetDone();
            if (!isParked || !WaitForNext(_parker))
            {
                return;
            }
        }
    }

    private bool TryPark()
    {
        lock (s_gate)
        {
            if (s_parked.Count >= MaxParked)
            {
                return false;
            }

            s_parked.Add(this);
            return true;
        }
    }

    private bool WaitForNext(Parker parker)
    {
        bool spins = s_spin.ShouldSpin();
        if (spins)
        {
            bool isGiven = SpinUntilGiven();
            s_spin.Report(isGiven);
            if (isGiven)
            {
                return true;
            }
        }

        WaitDeadline deadline = WaitDeadline.After(IdleTime);
        while (Volatile.Read(ref _current) is null)
        {
            if (deadline.IsOver)
            {
                lock (s_gate)
                {
                    if (s_parked.Remove(this))
                    {
                        return false;
                    }
                }

                // Somebody took it out just now, and its body is on the way.
                deadline = WaitDeadline.Never;
            }

            try
            {
                parker.Park(deadline);
            }
            catch (ThreadInterruptedException)
            {
                // Meant for a body that has ended.
            }
        }

        parker.Leave();
        return true;
    }

    private bool SpinUntilGiven()
    {
        long end = Stopwatch.GetTimestamp() + s_spinTicks;
        do
        {
            for (int i = 0; i < SpinsBeforeLook; i++)
            {
                if (Volatile.Read(ref _current) is not null)
                {
                    return true;
                }

                OsThread.SpinWait(4);
            }
        }
        while (Stopwatch.GetTimestamp() < end);

        return false;
    }

    private void SetName_NeedsLock(string? name)
    {
        if (_os.Name != name)
        {
            _os.Name = name;
        }
    }

    // What a body may have left on the thread, as far as there is a way to know. Thread statics stay: see Thread.ReuseByDefault.
    private void CleanUp(ExecutionContext? clean)
    {
        LocalSlots.Drop();
        Thread.ForgetDummy();
        if (clean is not null)
        {
            ExecutionContext.Restore(clean);
        }

        SynchronizationContext.SetSynchronizationContext(null);
        if (_os.Priority != ThreadPriority.Normal)
        {
            _os.Priority = ThreadPriority.Normal;
        }

        if (!_os.IsBackground)
        {
            _os.IsBackground = true;
        }
    }
}
