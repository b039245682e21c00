using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public class BatchCoreTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private TimeSpan _now;

    [Fact(Timeout = 120_000)]
    public void AnySchedule_KeepsTheRules()
    {
        int[] outcomes = new int[6];
        int halted = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            BatchSimulation simulation = new(seed);
            try
            {
                simulation.Run();
            }
            catch (Exception problem)
            {
                Assert.Fail($"Seed {seed}: {problem.Message}\n{simulation.Text}\n{problem.StackTrace}");
            }

            foreach (BatchOutcome outcome in Enum.GetValues<BatchOutcome>())
            {
                outcomes[(int)outcome] += simulation.Core.Count(outcome);
            }

            halted += simulation.Core.IsHalted ? 1 : 0;
        }

        // The schedules are worth something: all that can happen did.
        Assert.All(outcomes.Where((_, index) => index != (int)BatchOutcome.DryRun), count => Assert.True(count > 1000));
        Assert.InRange(halted, 2000, 18_000);
    }

    [Fact(Timeout = 120_000)]
    public void TryRead_AsksForNoMoreThanCanStart()
    {
        BatchCore core = new(new BatchRules { Jobs = 2 });

        BatchJob first = ReadAndStart(core);
        _ = ReadAndStart(core);

        Assert.False(core.TryRead(_now));
        core.Ended(first, BatchOutcome.Succeeded, mayRepeat: false, _now);
        Assert.True(core.TryRead(_now));
        Assert.False(core.TryRead(_now));
    }

    [Fact(Timeout = 120_000)]
    public void TryNext_WithKeepOrder_EmitsTheSecondAfterTheFirst()
    {
        BatchCore core = new(new BatchRules { Jobs = 2, KeepOrder = true });
        BatchJob first = ReadAndStart(core);
        BatchJob second = ReadAndStart(core);

        core.Ended(second, BatchOutcome.Succeeded, mayRepeat: false, _now);
        Assert.Equal([(BatchStep.Settle, 2)], Steps(core));
        core.Ended(first, BatchOutcome.Failed, mayRepeat: false, _now);

        Assert.Equal([(BatchStep.Settle, 1), (BatchStep.Emit, 1), (BatchStep.Emit, 2)], Steps(core));
    }

    [Fact(Timeout = 120_000)]
    public void Ended_WithRetries_StartsAgainAfterGrowingPauses()
    {
        BatchCore core = new(new BatchRules
        {
            Jobs = 1,
            Retries = 3,
            RetryDelay = s_second,
            RetryBackoff = 3,
            MaxRetryDelay = 5 * s_second,
        });
        BatchJob job = ReadAndStart(core);
        List<double> pauses = [];
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            core.Ended(job, BatchOutcome.Failed, mayRepeat: true, _now);
            Assert.Empty(Steps(core));
            TimeSpan wake = core.WakeAt(_now)!.Value;
            pauses.Add((wake - _now).TotalSeconds);
            _now = wake;
            Assert.Equal([(BatchStep.Start, 1)], Steps(core));
        }

        core.Ended(job, BatchOutcome.Failed, mayRepeat: true, _now);

        Assert.Equal([1, 3, 5], pauses);
        Assert.Equal([(BatchStep.Settle, 1), (BatchStep.Emit, 1)], Steps(core));
        Assert.Equal(4, job.Attempts);
    }

    [Fact(Timeout = 120_000)]
    public void Ended_OfAJobThatPauses_LeavesItsPlaceToOthers()
    {
        BatchCore core = new(new BatchRules { Jobs = 1, Retries = 1, RetryDelay = s_second });
        BatchJob first = ReadAndStart(core);

        core.Ended(first, BatchOutcome.Failed, mayRepeat: true, _now);

        Assert.Equal(2, ReadAndStart(core).Seq);
    }

    [Fact(Timeout = 120_000)]
    public void TimeoutFactor_AfterEnoughSuccesses_StopsWhatTakesLongerAlsoWhatRunsAlready()
    {
        BatchCore core = new(new BatchRules { Jobs = 2, TimeoutFactor = 3, TimeoutSamples = 2 });
        BatchJob slow = ReadAndStart(core);
        foreach (int seconds in (int[])[2, 4])
        {
            BatchJob quick = ReadAndStart(core);
            _now += seconds * s_second;
            core.Ended(quick, BatchOutcome.Succeeded, mayRepeat: false, _now);
            _ = Steps(core);
        }

        Assert.Equal(9 * s_second, core.WakeAt(_now)); // three times the median of 2 and 4
        _now = 9 * s_second;

        Assert.Equal([(BatchStep.Stop, 1)], Steps(core));
        Assert.Equal(BatchOutcome.TimedOut, slow.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public void Halt_Now_StopsTheRunningAndDropsTheRead()
    {
        BatchCore core = new(new BatchRules { Jobs = 3, Halt = HaltPolicy.Now(HaltOn.Failure) });
        BatchJob first = ReadAndStart(core);
        BatchJob second = ReadAndStart(core);
        Assert.True(core.TryRead(_now));

        core.Ended(first, BatchOutcome.Failed, mayRepeat: false, _now);

        Assert.Equal([(BatchStep.Settle, 1), (BatchStep.Emit, 1), (BatchStep.Stop, 2)], Steps(core));
        Assert.False(core.Offer(new BatchJob()));
        core.Ended(second, BatchOutcome.Stopped, mayRepeat: false, _now);
        Assert.Equal([(BatchStep.Settle, 2), (BatchStep.Emit, 2)], Steps(core));
        Assert.True(core.IsOver && core.IsHalted && !core.IsComplete);
    }

    [Fact(Timeout = 120_000)]
    public void Halt_AtAPercentage_LooksOnlyAtEnough()
    {
        BatchCore core = new(new BatchRules { Jobs = 1, Halt = HaltPolicy.SoonAtPercent(HaltOn.Failure, 50) });
        foreach (BatchOutcome outcome in (BatchOutcome[])[BatchOutcome.Failed, BatchOutcome.Failed, BatchOutcome.Succeeded])
        {
            Assert.False(core.IsHalted);
            core.Ended(ReadAndStart(core), outcome, mayRepeat: false, _now);
            _ = Steps(core);
        }

        Assert.True(core.IsHalted);
    }

    [Fact(Timeout = 120_000)]
    public void StartDelay_HoldsTheNextStartBack()
    {
        BatchCore core = new(new BatchRules { Jobs = 9, StartDelay = s_second });
        _ = ReadAndStart(core);

        Assert.False(core.TryRead(_now));
        Assert.Equal(s_second, core.WakeAt(_now));
    }

    [Fact(Timeout = 120_000)]
    public void Window_HoldsReadingBackUntilTheCallerTakes()
    {
        BatchCore core = new(new BatchRules { Jobs = 9, Window = 1 });
        core.Ended(ReadAndStart(core), BatchOutcome.Succeeded, mayRepeat: false, _now);
        _ = Steps(core);

        Assert.False(core.TryRead(_now));
        core.Taken();
        Assert.True(core.TryRead(_now));
    }

    [Fact(Timeout = 120_000)]
    public void Offer_OfWhatIsDone_TakesNoPlace()
    {
        BatchCore core = new(new BatchRules { Jobs = 1 });
        Assert.True(core.TryRead(_now));

        Assert.True(core.Offer(new BatchJob(), BatchOutcome.Skipped));

        Assert.Equal([(BatchStep.Settle, 1), (BatchStep.Emit, 1)], Steps(core));
        Assert.Equal(0, core.RunningCount);
    }

    private BatchJob ReadAndStart(BatchCore core)
    {
        Assert.True(core.TryRead(_now));
        BatchJob job = new();
        Assert.True(core.Offer(job));
        Assert.Equal([(BatchStep.Start, job.Seq)], Steps(core));
        return job;
    }

    private List<(BatchStep Step, int Seq)> Steps(BatchCore core)
    {
        List<(BatchStep, int)> steps = [];
        while (core.TryNext(_now, out BatchStep step, out BatchJob? job))
        {
            steps.Add((step, job.Seq));
        }

        return steps;
    }
}
