namespace Telar.Concurrent.Futures.Threads;

// Invariants
//   I1  _function is set from the constructor until the future ends or the call begins, whichever is first; only the thread that has won
//       TryRun reads it.

/// <summary>A function that was submitted without options, token and context, and its future, in one object: the quickest call there is.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
internal sealed class FunctionFuture<T> : Future<T>, IThreadWork
{
    private Func<T>? _function;

    public FunctionFuture(Func<T> function) => _function = function;

    public Future Future => this;

    public int Priority => 0;

    public void Run(ThreadWorker worker)
    {
        Func<T>? function = Volatile.Read(ref _function);
        if (!TryRun() || function is null)
        {
            return;
        }

        _function = null;
        TaskContext.MarkPlainCall(true);
        RunAndSettle(function);
        TaskContext.MarkPlainCall(false);
    }

    public void Refuse(Exception exception) => TrySetException(exception);

    private protected override void ForgetOwner() => Volatile.Write(ref _function, null);

    private void RunAndSettle(Func<T> function)
    {
        T value;
        try
        {
            value = function();
        }
        catch (Exception exception)
        {
            TrySetException(exception);
            return;
        }

        TrySetResult(value);
    }
}
