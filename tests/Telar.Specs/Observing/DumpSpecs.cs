using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Telar.Concurrent.Futures;
using Telar.Internal.Diagnostics;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;
using Telar.Specs.Support;

namespace Telar.Specs.Observing;

/// <summary>What I can find out about a pool that does not go on.</summary>
/// <remarks>Seen red with: a control socket that is not read; a question that a death leaves open.</remarks>
public sealed class DumpSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_am_told_of_a_hang_with_the_stacks_and_locks_of_the_worker()
    {
        TaskCompletionSource<ExecutorHang> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 1,
            HangTimeout = TimeSpan.FromMilliseconds(200),
            OnHang = hang => found.TrySetResult(hang),
        });
        Future stuck = pool.Submit(static token => WaitsForAnEvent(token), new CallOptions { Name = "stuck" }, Token);

        ExecutorHang hang = await found.Task.WaitAsync(Token);
        stuck.CancelRunning();

        Assert.Contains($"worker '{pool.Name}/1'", hang.State, StringComparison.Ordinal);
        Assert.Contains("runs call 'stuck' for ", hang.State, StringComparison.Ordinal);
        Assert.Contains($"at {typeof(DumpSpecs).FullName}.{nameof(WaitsForAnEvent)}", hang.State, StringComparison.Ordinal);
        Assert.Contains("'the end of days'", hang.State, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_an_answer_from_each_worker_and_none_from_one_that_is_stopped()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, Prestart = true });
        await Eventually.Holds(() => pool.Statistics.Workers.Count(static worker => worker.Status == WorkerStatus.Idle) == 2, static () => "The workers did not start.");
        int stopped = pool.Statistics.Workers[0].ProcessId;
        int well = pool.Statistics.Workers[1].ProcessId;
        Assert.Equal(0, Interop.Libc.kill(stopped, SignalNumber.SIGSTOP));
        try
        {
            IReadOnlyDictionary<int, string> answers = pool.AskWorkerProcesses(TimeSpan.FromSeconds(2));

            Assert.Equal([well], answers.Keys);
            Assert.Contains("Waiting:", answers[well], StringComparison.Ordinal);
            Assert.Throws<IOException>(() => ManagedStacks.Take(stopped, WaitDeadline.After(TimeSpan.FromMilliseconds(200))));
            Assert.All(NativeThread.Of(stopped), static thread => Assert.Equal("stopped", thread.State));
        }
        finally
        {
            _ = Interop.Libc.kill(stopped, SignalNumber.SIGCONT);
        }

        // The late answer is taken in, and the next question is answered by both.
        await Eventually.Holds(() => pool.AskWorkerProcesses(TimeSpan.FromSeconds(5)).Count == 2, static () => "A worker did not answer.");
        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_no_answer_from_a_worker_that_dies_and_need_not_wait_for_it()
    {
        await using ProcessPoolExecutor pool = new(1);
        int worker = await pool.Submit(static () => Environment.ProcessId);
        _ = Interop.Libc.kill(worker, SignalNumber.SIGSTOP);
        Task<IReadOnlyDictionary<int, string>> asking = Task.Run(() => pool.AskWorkerProcesses(Timeout.InfiniteTimeSpan), Token);

        _ = Interop.Libc.kill(worker, SignalNumber.SIGKILL);

        Assert.Empty(await asking);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_hear_of_workers_that_start_die_and_cannot_be_started()
    {
        using Recorder recorder = new();
        await using (ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, Name = "heard" }))
        {
            await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(static () => Environment.Exit(3)));
            await pool.Submit(static () => { });
        }

        await using (ProcessPoolExecutor broken = new(new ProcessPoolOptions { MaxWorkers = 1, Name = "unheard", Initializer = static () => throw new FormatException("bad") }))
        {
            await Assert.ThrowsAsync<BrokenProcessPoolException>(() => broken.SubmitAsync(static () => { }));
        }

        Assert.Contains(recorder.Seen, static line => line.StartsWith("WorkerStarted heard heard/1 ", StringComparison.Ordinal));
        Assert.Contains(recorder.Seen, static line => line.StartsWith("WorkerDied heard heard/1 ", StringComparison.Ordinal) && line.Contains("exit code 3", StringComparison.Ordinal));
        Assert.Contains("WorkerStopped heard heard/2 1", recorder.Seen);
        Assert.Contains(recorder.Seen, static line => line.StartsWith("ExecutorBroken unheard ", StringComparison.Ordinal) && line.Contains("bad", StringComparison.Ordinal));
    }

    private static void WaitsForAnEvent(CancellationToken token)
    {
        try
        {
            new Telar.Threading.Event("the end of days").Wait(Timeout.InfiniteTimeSpan, token);
        }
        catch (OperationCanceledException)
        {
            // The spec is over.
        }
    }

    private sealed class Recorder : EventListener
    {
        private readonly ConcurrentQueue<string> _seen = [];

        public string[] Seen => [.. _seen];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Telar.Concurrent.Futures")
            {
                EnableEvents(eventSource, EventLevel.Verbose, (EventKeywords)2);
            }
        }

        // Events may come before the constructor has run.
        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            _seen?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? new System.Collections.ObjectModel.ReadOnlyCollection<object?>([]))}");
    }
}
