using System.Runtime.CompilerServices;
using Telar.ContextVars;
using Telar.Threading.Threads;
using OsThread = System.Threading.Thread;

namespace Telar.Threading;

public partial class Thread
{
    private ExecutionContext? _flow;
    private Exception? _exception;
    private CancellationTokenSource? _stop;
    private long _startedAt;

    // ThreadRegistry's.
    internal Thread? Previous { get; set; }

    internal Thread? Next { get; set; }

    internal ThreadRegistry.Membership Membership { get; set; }

    /// <summary>The token that <see cref="RequestStop"/> cancels, for what <see cref="Run"/> waits in.</summary>
    /// <remarks>Python has none.</remarks>
    public CancellationToken StopToken => Stop.Token;

    /// <summary>How long ago the thread was started; zero before.</summary>
    internal TimeSpan Age => Volatile.Read(ref _startedAt) is var start and not 0 ? TimeProvider.System.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>The system's thread, while the body runs.</summary>
    internal OsThread? Os => _handle.Os;

    private CancellationTokenSource Stop
    {
        get
        {
            if (Volatile.Read(ref _stop) is { } stop)
            {
                return stop;
            }

            CancellationTokenSource made = new();
            return Interlocked.CompareExchange(ref _stop, made, null) ?? made;
        }
    }

    /// <summary>Starts the thread. When this returns, the thread is alive and listed in <see cref="Enumerate"/>, or has ended already.</summary>
    /// <exception cref="InvalidOperationException">
    /// It was started before, also if it has ended; nothing changed. Or the system could make no thread: it counts as not started, and
    /// may be started again.
    /// </exception>
    /// <remarks>
    /// The thread sees the <see cref="ExecutionContext"/> of the caller, with all its <see cref="AsyncLocal{T}"/> and context variables, as
    /// <see cref="InheritContextByDefault"/> explains. Python: <c>Thread.start</c>.
    /// </remarks>
    public void Start()
    {
        if (_kind != Kind.Own)
        {
            throw new InvalidOperationException($"{this} cannot be started: it stands for a thread that runs already. Make a new Thread.");
        }

        if (_handle.IsInitial)
        {
            _flow = InheritContextByDefault ? ExecutionContext.Capture() : null;

            // In a copy, so that what the thread sets stays its own: code that flows out of a context otherwise records it there.
            _context ??= _flow is not null && FlowState.Current?.Entry is not null ? Context.CopyCurrent() : null;
            Volatile.Write(ref _startedAt, TimeProvider.System.GetTimestamp());
        }

        _handle.Start(static thread => ((Thread)thread!).Bootstrap(), this, Daemon, _stackSize ?? StackSize, _reuse ?? ReuseByDefault);
        ThreadRegistry.Add(this);
    }

    /// <summary>Waits until the thread has ended.</summary>
    /// <param name="timeout">
    /// How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only
    /// looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. The thread goes on.</param>
    /// <returns>Whether the thread has ended; <see langword="false"/> when the time was over.</returns>
    /// <exception cref="InvalidOperationException">
    /// The thread was not started, is the calling thread, which would wait for ever, or is a dummy, whose end nobody tells.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <remarks>
    /// It may be called by many, and again. It does not throw what ended the thread: see <see cref="Exception"/>. The main thread ends, in
    /// this sense, when <c>Main</c> has returned or the program ends otherwise; that is noticed within 50 milliseconds. Python: <c>Thread.join</c>, which always returns <c>None</c>.
    /// </remarks>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        PrepareJoin();
        return _handle.Join(timeout, cancellationToken);
    }

    /// <summary>Waits until the thread has ended, without holding a thread.</summary>
    /// <param name="timeout">As in <see cref="Join"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The thread goes on.</param>
    /// <returns>Whether the thread has ended; <see langword="false"/> when the time was over.</returns>
    /// <exception cref="InvalidOperationException">The thread was not started, or is a dummy.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <remarks>A thread may ask for its own end with this one, as long as it does not block on it.</remarks>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        PrepareJoin();
        return _handle.JoinAsync(timeout, cancellationToken);
    }

    /// <summary>Makes <c>await thread</c> the same as awaiting <see cref="JoinAsync"/> without a limit.</summary>
    /// <returns>The awaiter. It does not throw what ended the thread: see <see cref="Exception"/>.</returns>
    public TaskAwaiter GetAwaiter() => ((Task)JoinAsync().AsTask()).GetAwaiter();

    /// <summary>Asks the thread to stop, by cancelling <see cref="StopToken"/>.</summary>
    /// <remarks>
    /// Nothing is forced: the thread's code has to look at the token, or to wait with it. The <see cref="OperationCanceledException"/> that
    /// such a wait throws ends the thread silently. Harmless before the start (the thread then starts with a cancelled token) and after
    /// the end. Python has none.
    /// </remarks>
    public void RequestStop() => Stop.Cancel();

    /// <summary>What the thread does: calls the target, and lets it go. Override it in a class of your own.</summary>
    /// <remarks>Python: <c>Thread.run</c>.</remarks>
    protected virtual void Run()
    {
        try
        {
            switch (Volatile.Read(ref _target))
            {
                case Action target:
                    target();
                    break;
                case Action<CancellationToken> target:
                    target(StopToken);
                    break;
            }
        }
        finally
        {
            LetGo();
        }
    }

    /// <summary>The main thread has ended: the end of the program has begun.</summary>
    internal void EndForOthers() => _handle.SetDone();

    private void Bootstrap()
    {
        t_current = this;
        ThreadRegistry.Add(this);
        if (_flow is { } flow)
        {
            _flow = null;
            ExecutionContext.Restore(flow);
        }

        try
        {
            if (_context is { } context)
            {
                context.Run(Run);
            }
            else
            {
                Run();
            }
        }
        catch (ThreadExitException)
        {
            // The silent end.
        }
        catch (OperationCanceledException e) when (_stop is { IsCancellationRequested: true } stop && e.CancellationToken == stop.Token)
        {
            // It was asked to stop, and did.
        }
        catch (Exception e)
        {
            Volatile.Write(ref _exception, e);
            Report(new ExceptHookArgs(e, this));
        }
        finally
        {
            LetGo();
            _context = null;
            ThreadRegistry.Remove(this);
            t_current = null;
        }
    }

    // The name may tell of the target, so it is made before.
    private void LetGo()
    {
        _ = Name;
        Volatile.Write(ref _target, null);
    }

    private void PrepareJoin()
    {
        if (_kind == Kind.Main)
        {
            ThreadShutdown.Watch();
        }

        if (IsDummy)
        {
            throw new InvalidOperationException(
                $"{this} cannot be joined: Telar did not start that thread, and nobody tells its end. Join what started it.");
        }
    }
}
