using Telar.Internal.Native;
using Telar.Internal.Waiting;
using OsThread = System.Threading.Thread;

namespace Telar.Threading.Threads;

/// <summary>One run of a body on a thread of its own, and its end, which can be waited for.</summary>
/// <remarks>
/// The level of Python's <c>_thread.start_joinable_thread</c>: no name, no registry, no hook. <see cref="Thread"/> has one, and so has
/// each thread of <see cref="LowLevel"/>.
/// </remarks>
// State machine
//
//              Start                  body begins, or Start returns              SetDone
//   Initial ----------> Starting ---------------------------------> Running ---------------> Done
//      ^                   |
//      +-------------------+  no thread could be made: as if Start had not been called
//
// Invariants
//   I1  _ident and _carrier are written before the thread that carries the body starts, or is given it: the body, and everybody who has
//       seen Start return, reads them.
//   I2  _nativeId is written by the carrying thread before the body begins. NativeId waits for it: Start does not, for the few
//       microseconds that another hand-over would take.
//   I3  Done is written under _latch before the waiters are taken out, and a waiter is queued under _latch only while it is not Done:
//       nobody waits for an end that was.
// Locks
//   _latch guards _waiters. Waiters are completed outside it.
// Ownership
//   A foreign handle (of the main thread, or of a thread that Telar did not start) is made Running and is never started.
internal sealed class ThreadHandle : IWaitOwner
{
    private const int Initial = 0;
    private const int Starting = 1;
    private const int Running = 2;
    private const int Done = 3;

    private static int s_count;

    // How joins of other threads went says most about how this one will.
    private static SpinGuide s_spin;

    private OsThread? _foreign;
    private readonly Thread? _owner;
    private Carrier? _carrier;
    private Action<object?>? _body;
    private object? _argument;
    private int _state;
    private int _ident;
    private long _nativeId;
    private Latch _latch;
    private WaitQueue _waiters;

    /// <summary>A handle that has not been started.</summary>
    /// <param name="owner">The thread that it is the run of, for messages.</param>
    internal ThreadHandle(Thread? owner = null) => _owner = owner;

    private ThreadHandle(int ident, OsThread? thread, long nativeId)
    {
        _state = Running;
        _ident = ident;
        _foreign = thread;
        _nativeId = nativeId;
    }

    /// <summary>How many bodies run now.</summary>
    public static int Count => Volatile.Read(ref s_count);

    /// <summary>The number of the thread within the process; 0 before the start.</summary>
    public int Ident => Volatile.Read(ref _ident);

    /// <summary>The operating system's number of the thread; 0 before the start, or when nobody knows it.</summary>
    public long NativeId
    {
        get
        {
            if (Volatile.Read(ref _nativeId) == 0 && Volatile.Read(ref _carrier) is not null)
            {
                SpinWait wait = default;
                while (Volatile.Read(ref _nativeId) == 0)
                {
                    wait.SpinOnce();
                }
            }

            return Math.Max(0, Volatile.Read(ref _nativeId));
        }
    }

    /// <summary>What the system's thread is to be called.</summary>
    public string? Name => _owner?.Name;

    /// <summary>Whether it was not started, or could not be.</summary>
    public bool IsInitial => Volatile.Read(ref _state) == Initial;

    /// <summary>From just before the body begins until just after it ends.</summary>
    public bool IsAlive => Volatile.Read(ref _state) == Running && (Volatile.Read(ref _foreign)?.IsAlive ?? true);

    /// <summary>Whether the body has ended.</summary>
    public bool IsDone => Volatile.Read(ref _state) == Done;

    /// <summary>The system's thread, while the body runs.</summary>
    public OsThread? Os => Volatile.Read(ref _foreign) ?? Volatile.Read(ref _carrier)?.OsOf(this);

    /// <summary>A handle of the calling thread, which somebody else started.</summary>
    public static ThreadHandle OfThisThread() =>
        new(Environment.CurrentManagedThreadId, OsThread.CurrentThread, NativeThread.CurrentId is var id and not 0 ? id : -1);

    /// <summary>A handle of the main thread, made on any thread.</summary>
    public static ThreadHandle OfMain() => new(Thread.MainIdent, null, OperatingSystem.IsLinux() ? Environment.ProcessId : -1);

    /// <summary>The system's thread of a handle that was made without it.</summary>
    public void Adopt(OsThread thread) => Volatile.Write(ref _foreign, thread);

    /// <summary>Starts the body.</summary>
    /// <exception cref="InvalidOperationException">It was started before (nothing changed), or no thread could be made (it may be tried again).</exception>
    public void Start(Action<object?> body, object? argument, bool isDaemon, int stackSize, bool mayReuse)
    {
        if (Interlocked.CompareExchange(ref _state, Starting, Initial) != Initial)
        {
            throw new InvalidOperationException($"{this} was started before. A thread runs once: make a new one.");
        }

        (_body, _argument) = (body, argument);
        Interlocked.Increment(ref s_count);
        try
        {
            Carrier.Start(this, isDaemon, stackSize, mayReuse);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Interlocked.Decrement(ref s_count);
            (_body, _argument, _ident) = (null, null, 0);
            Volatile.Write(ref _carrier, null);
            Volatile.Write(ref _state, Initial);
            string size = stackSize == 0 ? "the default stack size" : $"a stack of {stackSize} bytes";
            throw new InvalidOperationException(
                $"{this} could not be started: the system made no thread with {size}, beside {Count} that run. " +
                "A limit of threads or of memory is reached; it may be started again when others have ended.",
                e);
        }

        _ = Interlocked.CompareExchange(ref _state, Running, Starting);
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="InvalidOperationException">It was not started, or carries the caller, who would wait for ever.</exception>
    public bool Join(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        ThrowIfInitial("joined");

        // As long as it is not done, no other thread has its number.
        if (!IsDone && Ident == Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException($"{this} cannot join itself: it would wait for ever.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (IsDone || deadline.IsZero)
        {
            return IsDone;
        }

        ThreadWaiter waiter = ThreadWaiter.Rent(this, "for the end of");
        WaitOutcome outcome = TryQueue(waiter) ? waiter.Wait(deadline, cancellationToken, ref s_spin) : WaitOutcome.Granted;
        waiter.Return();
        return outcome.IsGranted(cancellationToken);
    }

    /// <summary>Waits for the end without a thread.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        ThrowIfInitial("joined");
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (IsDone || deadline.IsZero)
        {
            return ValueTask.FromResult(IsDone);
        }

        AsyncWaiter waiter = AsyncWaiter.Rent(this, "for the end of");
        ValueTask<bool> task = waiter.Task;
        if (!TryQueue(waiter))
        {
            waiter.Recycle();
            return ValueTask.FromResult(true);
        }

        waiter.Arm(deadline, cancellationToken);
        return task;
    }

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        _latch.Enter();
        bool isOurs = _waiters.TryRemove(waiter);
        _latch.Exit();
        return isOurs;
    }

    /// <summary>Names the system's thread, if it carries this body now.</summary>
    public void Rename(string name)
    {
        if (_foreign is not null)
        {
            _foreign.Name = name;
        }
        else
        {
            Volatile.Read(ref _carrier)?.Rename(this, name);
        }
    }

    /// <summary>Ends it for everybody who asks or waits.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public void SetDone()
    {
        ThrowIfInitial("ended");
        _latch.Enter();
        Volatile.Write(ref _state, Done);
        Waiter? waiters = _waiters.TakeAll();
        _latch.Exit();
        Waiter.CompleteAll(waiters, WaitOutcome.Granted);
    }

    /// <inheritdoc/>
    public override string ToString() => _owner?.ToString() ?? "a thread of LowLevel";

    /// <summary>What will carry the body, before it does.</summary>
    internal void Attach(Carrier carrier, int ident)
    {
        Volatile.Write(ref _ident, ident);
        Volatile.Write(ref _carrier, carrier);
    }

    /// <summary>The carrying thread's part. The body does not throw.</summary>
    internal void Carry()
    {
        // Less than 0: nobody knows, and nobody need wait.
        Volatile.Write(ref _nativeId, NativeThread.CurrentId is var id and not 0 ? id : -1);
        _ = Interlocked.CompareExchange(ref _state, Running, Starting);
        (Action<object?> body, object? argument) = (_body!, _argument); // Start has set it
        (_body, _argument) = (null, null);
        body(argument);
    }

    /// <summary>The body has ended, and nothing of it is left on the thread.</summary>
    internal static void Uncount() => Interlocked.Decrement(ref s_count);

    private void ThrowIfInitial(string what)
    {
        if (IsInitial)
        {
            throw new InvalidOperationException($"{this} cannot be {what} before it is started.");
        }
    }

    private bool TryQueue(Waiter waiter)
    {
        _latch.Enter();
        bool isOpen = _state != Done;
        if (isOpen)
        {
            _waiters.Append(waiter);
        }

        _latch.Exit();
        return isOpen;
    }
}
