using Telar.Multiprocessing.Pools;
using Xunit;

namespace Telar.Tests.Multiprocessing.Pools;

/// <summary>A pool core, a hand on its clock, and its commands as lines that a test can be read by.</summary>
internal sealed class PoolScript(PoolPolicy policy)
{
    private readonly List<PoolWorker> _workers = [];

    public PoolCore Core { get; } = new(policy);

    public TimeSpan Now { get; private set; }

    public object? LastPayload { get; private set; }

    public static PoolScript WithWorkers(int count, PoolPolicy? policy = null)
    {
        var script = new PoolScript((policy ?? new PoolPolicy()) with { MaxWorkers = count, Prestart = true });
        script.Core.Start(script.Now);
        for (int i = 1; i <= count; i++)
        {
            script.Take();
            script.Ready(i);
        }

        script.Take();
        return script;
    }

    /// <summary>A pool whose calls have proved to be short, so that it prefetches.</summary>
    public static PoolScript WithShortCalls(int workers, PoolPolicy? policy = null)
    {
        PoolScript script = WithWorkers(workers, policy);
        script.Submit("warm-up");
        script.Result(workers, 1, milliseconds: 0.01);
        script.Take();
        return script;
    }

    public PoolWorker Worker(int number) => _workers[number - 1];

    public PoolScript After(double milliseconds)
    {
        Now += TimeSpan.FromMilliseconds(milliseconds);
        return this;
    }

    public TestCall Submit(string name, double? timeout = null, double? grace = null, int retries = 0, int priority = 0)
    {
        var call = new TestCall
        {
            Name = name,
            Timeout = timeout is { } t ? TimeSpan.FromMilliseconds(t) : null,
            Grace = grace is { } g ? TimeSpan.FromMilliseconds(g) : null,
            Retries = retries,
            Priority = priority,
        };
        Assert.True(Core.Submit(call, Now));
        return call;
    }

    public void Ready(int worker) => Core.WorkerReady(Worker(worker), Now);

    public void Result(
        int worker, long sequence, PoolResultKind kind = PoolResultKind.Succeeded, double milliseconds = 1000, bool accepted = true) =>
        Assert.Equal(
            accepted,
            Core.ResultArrived(Worker(worker), sequence, kind, "payload", TimeSpan.FromMilliseconds(milliseconds), Now));

    public void Revoked(int worker, long lastStarted) => Core.Revoked(Worker(worker), lastStarted, Now);

    public void Died(int worker, long lastStarted = 0) => Core.WorkerDied(Worker(worker), lastStarted, "death", Now);

    public void StartFailed(int worker, PoolStartFailure failure = PoolStartFailure.Transient) =>
        Core.WorkerStartFailed(Worker(worker), "cause", failure, Now);

    /// <summary>Lets the clock run to the next deadline, which must be there, and ticks.</summary>
    public void TickAtDeadline(double expectedMilliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMilliseconds), Core.NextDeadline);
        Now = TimeSpan.FromMilliseconds(expectedMilliseconds);
        Core.Tick(Now);
    }

    /// <summary>Asserts what was commanded since the last look.</summary>
    public void Expect(params string[] commands) => Assert.Equal(commands, Take());

    public string[] Take()
    {
        Core.AssertInvariants(Now);
        var lines = new List<string>();
        while (Core.TryTake(out PoolCommand command))
        {
            if (command.Kind == PoolCommandKind.StartWorker)
            {
                _workers.Add(command.Worker!);
            }

            LastPayload = command.Payload;
            lines.Add(Describe(command));
        }

        return [.. lines];
    }

    private static string Describe(in PoolCommand command)
    {
        int? worker = command.Worker?.Number;
        string? call = command.Call?.Name;
        return command.Kind switch
        {
            PoolCommandKind.StartWorker => $"start {worker}",
            PoolCommandKind.Send => $"send {call} to {worker} as {command.Sequence}",
            PoolCommandKind.RequestCancel => $"ask {worker} to stop {command.Sequence}",
            PoolCommandKind.Revoke => $"revoke {worker} through {command.Sequence}",
            PoolCommandKind.Kill => command.Sequence == 0 ? $"kill {worker}" : $"kill {worker} for {command.Sequence}",
            PoolCommandKind.Terminate => $"terminate {worker}",
            PoolCommandKind.StopWorker => $"stop {worker}",
            PoolCommandKind.CallRunning => $"{call} runs",
            PoolCommandKind.CallEnded => $"{call} {command.Outcome}",
            _ => command.Kind.ToString(),
        };
    }
}
