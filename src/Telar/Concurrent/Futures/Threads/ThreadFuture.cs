using Telar.Concurrent.Futures.Calls;

namespace Telar.Concurrent.Futures.Threads;

// Invariants
//   I1  _call is set from the constructor until the future ends or the call begins, whichever is first; only the thread that has won TryRun
//       reads it.
//   I2  _scope is set once, in the constructor, and only where the call needs it: a plain call is this one object and the call's own.

/// <summary>A call of a thread pool and its future, in one object.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
internal sealed class ThreadFuture<T> : Future<T>, IThreadWork, IFutureOwner
{
    private readonly CallScope? _scope;
    private ExecutorCall<T>? _call;

    public ThreadFuture(ExecutorCall<T> call, CallOptions options, TimeSpan defaultGrace)
        : base(options.Name)
    {
        _call = call;
        _scope = CallScope.For(call.TakesToken, options, defaultGrace);
    }

    public Future Future => this;

    public int Priority => _scope?.Options.Priority ?? 0;

    private protected override IFutureOwner? Owner => IsDone ? null : this;

    public void Run(ThreadWorker worker)
    {
        ExecutorCall<T>? call = Volatile.Read(ref _call);
        if (!TryRun() || call is null)
        {
            return;
        }

        _call = null;
        if (_scope is null)
        {
            TaskContext.MarkPlainCall(true);
            call.RunInto(this, CancellationToken.None);
            TaskContext.MarkPlainCall(false);
        }
        else
        {
            _scope.Run(call, this, worker);
        }
    }

    public void Refuse(Exception exception) => TrySetException(exception);

    // A call in the queue belongs to nobody: the compare-and-swap of the future decides whether it is cancelled or begins.
    public bool Withdraw(Future future) => true;

    public bool RequestStop(Future future) => _scope?.RequestStop() ?? false;

    private protected override void ForgetOwner()
    {
        Volatile.Write(ref _call, null);
        if (_scope?.Options.Observation is { } observation)
        {
            // Listeners are the user's code.
            ThreadWorker.HoldUpCurrent();
            observation.Ended(this);
        }
    }
}
