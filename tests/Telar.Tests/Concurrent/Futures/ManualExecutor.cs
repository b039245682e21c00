namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Observing;

/// <summary>An executor whose calls run when the test says so, on the test's thread: no schedule is left to chance.</summary>
internal sealed class ManualExecutor(int workers = 2) : Executor("manual")
{
    private readonly Lock _lock = new();
    private readonly List<(Future Future, Action Run)> _calls = [];
    private int _run;

    public override int MaxWorkers => workers;

    public override ExecutorStatistics Statistics => throw new NotSupportedException("The test's own executor keeps no statistics.");

    internal override ExecutorLoad Load => default;

    internal override bool HasEnded => Governed.IsClosed;

    /// <summary>Called before a call is taken.</summary>
    public Action? Submitting { get; set; }

    /// <summary>All futures that were submitted, in order.</summary>
    public IReadOnlyList<Future> Futures
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls.Select(call => call.Future)];
            }
        }
    }

    private int Count
    {
        get
        {
            lock (_lock)
            {
                return _calls.Count;
            }
        }
    }

    public void Run(int index)
    {
        Action run;
        lock (_lock)
        {
            run = _calls[index].Run;
        }

        run();
    }

    /// <summary>Runs those that are pending, also those that are submitted meanwhile.</summary>
    public void RunAll()
    {
        for (int i = 0; i < Count; i++)
        {
            Run(i);
        }
    }

    /// <summary>Runs those that were submitted since the last time.</summary>
    public void RunAllNew()
    {
        while (_run < Count)
        {
            Run(_run++);
        }
    }

    private protected override Task Finished => Task.CompletedTask;

    private protected override void CloseCore(bool cancelFutures)
    {
    }

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        Submitting?.Invoke();
        Future<T> future = new(options.Name);
        lock (_lock)
        {
            _calls.Add((future, () =>
            {
                if (!future.IsDone && future.TryRun())
                {
                    call.RunInto(future, CancellationToken.None);
                }
            }));
        }

        return future;
    }
}
