using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using Xunit;

namespace Telar.Tests.Concurrent.Futures.Observing;

using Telar.Concurrent.Futures;

/// <summary>
/// Alone, as a listener sees the executors of the whole process. Seen red with: figures of an executor that has ended; a run time for a call
/// that never ran.
/// </summary>
[CollectionDefinition(nameof(ExecutorFiguresTests), DisableParallelization = true)]
[Collection(nameof(ExecutorFiguresTests))]
public sealed class ExecutorFiguresTests : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, string Executor, double Value, string? Outcome)> _figures = [];
    private readonly MeterListener _meter = new();

    public ExecutorFiguresTests()
    {
        _meter.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Telar.Concurrent.Futures")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact(Timeout = 120_000)]
    public void CallsThatEnd_AreCountedAndTimed_ByOutcome()
    {
        _meter.Start();
        using ThreadPoolExecutor executor = Pool("figures");
        using Gate gate = new();
        Future holder = executor.Submit(gate.Wait, Token);
        gate.Entered.Wait(Token);
        Future pending = executor.Submit(static () => { }, Token);
        pending.Cancel();
        gate.Open();
        holder.Result();
        Assert.Throws<FormatException>(() => executor.Submit(static () => throw new FormatException(), Token).Result());

        Assert.Equal(["cancelled", "failed", "succeeded"], Of("telar.executor.call.completed", "figures").Select(static one => one.Outcome).Order());
        Assert.Equal(["failed", "succeeded"], Of("telar.executor.call.run_time", "figures").Select(static one => one.Outcome).Order());
        Assert.Equal(2, Of("telar.executor.call.wait_time", "figures").Count(static one => one.Value >= 0));
    }

    [Fact(Timeout = 120_000)]
    public void Gauges_TellOfExecutorsThatLive_AlsoToAListenerThatComesLate()
    {
        using (ThreadPoolExecutor executor = Pool("gauges"))
        {
            using Gate gate = new();
            _ = executor.Submit(gate.Wait, Token);
            gate.Entered.Wait(Token);
            _ = executor.Submit(static () => { }, Token);
            _ = executor.Submit(static () => { }, Token);

            _meter.Start();
            _meter.RecordObservableInstruments();

            Assert.Equal(2, Assert.Single(Of("telar.executor.call.pending", "gauges")).Value);
            Assert.Equal(1, Assert.Single(Of("telar.executor.call.running", "gauges")).Value);
            Assert.Equal(1, Assert.Single(Of("telar.executor.worker.count", "gauges")).Value);
            Assert.Equal(1, Assert.Single(Of("telar.executor.worker.started", "gauges")).Value);
            Assert.Equal(0, Assert.Single(Of("telar.executor.worker.died", "gauges")).Value);
            gate.Open();
        }

        _figures.Clear();
        _meter.RecordObservableInstruments();
        Assert.Empty(Of("telar.executor.call.pending", "gauges"));
    }

    [Fact(Timeout = 120_000)]
    public void WhileNobodyListens_ACallIsNotObserved()
    {
        using InlineExecutor executor = new();
        long bytes = 0;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                _ = executor.Submit(static () => 1, Token);
            }

            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        }

        // The call, its future, its TaskContext and the execution context that holds it: 320. An observation adds some 300.
        Assert.InRange(bytes, 0, 400);
    }

    [Fact(Timeout = 120_000)]
    public void Events_TellTheLifeOfCallsAndWorkers()
    {
        using Recorder recorder = new();
        using (ThreadPoolExecutor executor = Pool("events"))
        {
            executor.Submit(static () => { }, new CallOptions { Name = "quick" }, Token).Result();
        }

        using (ThreadPoolExecutor broken = new(new ThreadPoolOptions { ThreadNamePrefix = "fails", Initializer = static () => throw new FormatException("bad") }))
        {
            Assert.Throws<BrokenThreadPoolException>(() => broken.Submit(static () => { }, Token).Result());
        }

        string[] seen = [.. recorder.Seen.Where(static line => line.Contains("events", StringComparison.Ordinal))];
        Assert.Equal(5, seen.Length);
        Assert.Contains("CallSubmitted events quick", seen);
        Assert.Contains(seen, static line => line.StartsWith("CallBegan events quick events_0 1 ", StringComparison.Ordinal));
        Assert.Contains(seen, static line => line.StartsWith("CallEnded events quick events_0 succeeded  ", StringComparison.Ordinal));
        Assert.Contains(seen, static line => line.StartsWith("WorkerStarted events events_0 ", StringComparison.Ordinal));
        Assert.Contains("WorkerStopped events events_0 1", seen);
        Assert.Contains(recorder.Seen, static line => line.StartsWith("ExecutorBroken fails ", StringComparison.Ordinal));
    }

    private static ThreadPoolExecutor Pool(string name) => new(new ThreadPoolOptions { MaxWorkers = 1, ThreadNamePrefix = name });

    private (string Instrument, string Executor, double Value, string? Outcome)[] Of(string instrument, string executor) =>
        [.. _figures.Where(one => one.Instrument == instrument && one.Executor == executor)];

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> all = [];
        foreach ((string key, object? tag) in tags)
        {
            all[key] = tag;
        }

        _figures.Enqueue((instrument.Name, (string)all["telar.executor.name"]!, value, (string?)all.GetValueOrDefault("telar.call.outcome")));
    }

    private sealed class Recorder : EventListener
    {
        private readonly ConcurrentQueue<string> _seen = [];

        public string[] Seen => [.. _seen];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Telar.Concurrent.Futures")
            {
                EnableEvents(eventSource, EventLevel.Verbose, EventKeywords.All);
            }
        }

        // Before the constructor has run, events of other listeners' doing may come.
        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            _seen?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload!)}");
    }
}
