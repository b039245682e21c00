namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Calls;

/// <summary>An executor whose calls run when the test says so, on the test's thread: no schedule is left to chance.</summary>
internal sealed class ManualExecutor(int workers = 2) : Executor("manual")
{
    private readonly List<(Future Future, Action Run)> _calls = [];
    private bool _isShutDown;

    public override int MaxWorkers => workers;

    /// <summary>All futures that were submitted, in order.</summary>
    public IReadOnlyList<Future> Futures => [.. _calls.Select(call => call.Future)];

    public void Run(int index) => _calls[index].Run();

    /// <summary>Runs those that are pending, also those that are submitted meanwhile.</summary>
    public void RunAll()
    {
        for (int i = 0; i < _calls.Count; i++)
        {
            _calls[i].Run();
        }
    }

    public override void Shutdown(bool wait = true, bool cancelFutures = false) => _isShutDown = true;

    public override Task ShutdownAsync(bool cancelFutures = false, CancellationToken cancellationToken = default)
    {
        _isShutDown = true;
        return Task.CompletedTask;
    }

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        if (_isShutDown)
        {
            throw ShutDownError();
        }

        Future<T> future = new(options.Name);
        _calls.Add((future, () =>
        {
            if (!future.IsDone && future.TryRun())
            {
                call.RunInto(future, CancellationToken.None);
            }
        }));
        return future;
    }
}
