using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class FutureExceptionsTests
{
    private static readonly WorkerDeath s_death = new()
    {
        Worker = "pool-1/3",
        ProcessId = 4711,
        ExitCode = -9,
        Signal = "SIGKILL",
        CallId = 17,
        CallName = "resize",
        Elapsed = TimeSpan.FromSeconds(2.3),
        PeakMemory = 3_100_000_000,
        OutOfMemory = true,
        StandardErrorTail = ["first", "last"],
    };

    [Fact(Timeout = 120_000)]
    public void WorkerDied_TellsWhoHowWhyAndWhatNext()
    {
        WorkerDiedException exception = new(s_death);
        Assert.Equal(
            "Worker 'pool-1/3' (process 4711) was killed by SIGKILL, 2.3 s into call 17 'resize'. The system ran out of memory: use fewer " +
            "workers, or less memory in each call. Its memory peaked at 3.1 GB. Only this call failed; the pool goes on. If it may safely " +
            "run twice, set CallOptions.Retries." + Environment.NewLine +
            "The last lines of its standard error:" + Environment.NewLine + "  | first" + Environment.NewLine + "  | last",
            exception.Message);
        Assert.Equal(
            ("pool-1/3", 4711, -9, "SIGKILL", 17L, "resize", 1, TimeSpan.FromSeconds(2.3), 3_100_000_000L, true),
            (exception.Worker, exception.ProcessId, exception.ExitCode, exception.Signal, exception.CallId, exception.CallName,
                exception.Attempts, exception.Elapsed, exception.PeakMemory, exception.OutOfMemory));
        Assert.Equal(["first", "last"], exception.StandardErrorTail);
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_BeyondAMemoryLimit_NamesItAndProposesNoRetry()
    {
        WorkerDiedException exception = new(s_death with { OutOfMemory = false, MemoryLimit = 2_000_000_000, MemoryUsed = 2_100_000_000, StandardErrorTail = [] });
        Assert.Equal(
            "Worker 'pool-1/3' (process 4711) was killed by its pool, 2.3 s into call 17 'resize'. Its private memory (2.1 GB) was beyond " +
            "HardMemoryLimit (2 GB): raise the limit, or use less memory in each call. Its memory peaked at 3.1 GB. Only this call failed; " +
            "the pool goes on.",
            exception.Message);
        Assert.Equal(2_000_000_000, exception.MemoryLimit);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(null, "SIGKILL", "was killed by SIGKILL", "a memory limit")]
    [InlineData(-6, "SIGABRT", "was killed by SIGABRT", "Environment.FailFast")]
    [InlineData(-11, "SIGSEGV", "was killed by SIGSEGV", "Native code crashed")]
    [InlineData(-15, "SIGTERM", "was killed by SIGTERM", "an operator")]
    [InlineData(-35, null, "was killed by signal 35", "an operator")]
    [InlineData(3, null, "ended with exit code 3", "Environment.Exit")]
    [InlineData(0, null, "ended with exit code 0", "Environment.Exit")]
    [InlineData(null, null, "ended in a way the system did not tell", "collected its exit status")]
    public void WorkerDied_NamesTheLikelyCause(int? exitCode, string? signal, string ending, string cause)
    {
        string message = new WorkerDiedException(s_death with
        {
            ExitCode = exitCode,
            Signal = signal,
            OutOfMemory = false,
            PeakMemory = null,
            StandardErrorTail = [],
            Attempts = 2,
        }).Message;

        Assert.Contains(ending, message, StringComparison.Ordinal);
        Assert.Contains(cause, message, StringComparison.Ordinal);
        Assert.Contains("in attempt 2", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Retries", message, StringComparison.Ordinal);
        Assert.DoesNotContain("memory peaked", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.NewLine, message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(CallStop.Cooperative, "It stopped by itself")]
    [InlineData(CallStop.WorkerKilled, "so worker 'pool-1/3' was killed and replaced.")]
    [InlineData(CallStop.WorkerLost, "did not even end when it was killed")]
    public void CallTimeout_TellsHowTheCallWasStopped(CallStop stop, string how)
    {
        CallTimeoutException exception = new(TimeSpan.FromMinutes(3), stop, "resize", 17, "pool-1/3");
        Assert.StartsWith("Call 17 'resize' was stopped: it ran longer than its time-out of 3 min 0 s. ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(how, exception.Message, StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromMinutes(3), stop, "resize", 17L, "pool-1/3"), (exception.Timeout, exception.Stop, exception.CallName, exception.CallId, exception.Worker));
    }

    [Fact(Timeout = 120_000)]
    public void BrokenProcessPool_IsABrokenExecutorAndAnInvalidOperation()
    {
        FormatException cause = new();
        BrokenProcessPoolException exception = new("pool-1", "why", cause);
        Assert.IsType<InvalidOperationException>(exception, exactMatch: false);
        Assert.IsType<BrokenExecutorException>(exception, exactMatch: false);
        Assert.Equal(("pool-1", "why", cause), (exception.Executor, exception.Message, exception.InnerException));
    }
}
