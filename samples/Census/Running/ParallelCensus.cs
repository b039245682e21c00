namespace Census.Running;

using System.Runtime.CompilerServices;
using Census.Analysis;
using Telar.Concurrent.Futures;

/// <summary>Reads many files at once, in worker processes.</summary>
internal sealed class ParallelCensus(int workers, int retries, int top) : ICensusRunner
{
    private readonly ProcessPoolExecutor _pool = new(new ProcessPoolOptions
    {
        MaxWorkers = workers,
        Prestart = true,
        CancelOnInterrupt = false,    // Interrupts does it, for all ways of running
        CancelGrace = TimeSpan.Zero,  // reading leaves nothing behind that would have to be cleaned up
    });

    public string Description => workers == 1 ? "1 worker process" : $"{workers} worker processes";

    public RunStatistics Statistics
    {
        get
        {
            PoolStatistics pool = _pool.Statistics;
            return new RunStatistics
            {
                Lanes = [.. pool.Workers.Select(LaneOf)],
                Started = pool.WorkersStarted,
                Died = pool.WorkersDied,
                Retried = pool.CallsRetried,
                PeakMemory = pool.Workers.Max(worker => worker.PeakMemory) ?? 0,
            };
        }
    }

    // All of the parallel programming is here. A worker that dies takes nothing with it: another one reads its file again.
    public async IAsyncEnumerable<FileCensus> ReadAsync(
        IReadOnlyList<AssemblyFile> files, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int rows = top; // a local: the lambda then carries a number to the workers, and not this object
        List<Future<FileCensus>> calls = [];
        foreach (AssemblyFile file in files)
        {
            CallOptions options = new() { Name = file.Name, Retries = retries };
            calls.Add(_pool.Submit(path => Assemblies.Read(path, rows), file.Path, options, cancellationToken));
        }

        await foreach (Future<FileCensus> call in Futures.AsCompletedAsync(calls, cancellationToken: cancellationToken))
        {
            yield return call.Result();
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private static Lane LaneOf(WorkerStatistics worker) => new()
    {
        Name = worker.Name,
        ProcessId = worker.ProcessId,
        IsReady = worker.Status is WorkerStatus.Idle or WorkerStatus.Working,
        Doing = worker.CurrentCall ?? worker.Status.ToString(),
        DoingFor = worker.CurrentCallTime,
        Done = worker.Calls,
        Starting = worker.StartTime,
        Waiting = worker.WaitingTime,
        Working = worker.WorkingTime,
        Exiting = worker.ExitTime,
        Exit = worker.Exit,
    };
}
