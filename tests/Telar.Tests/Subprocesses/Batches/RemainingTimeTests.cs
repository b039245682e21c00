using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public class RemainingTimeTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact(Timeout = 120_000)]
    public void Estimate_BeforeAnythingEnded_IsUnknown() =>
        Assert.Null(new RemainingTime().Estimate([s_second], 5, 1, TimeSpan.Zero));

    [Fact(Timeout = 120_000)]
    public void Estimate_WithNothingLeft_IsZero() =>
        Assert.Equal(TimeSpan.Zero, new RemainingTime().Estimate([], 0, 1, TimeSpan.Zero));

    [Fact(Timeout = 120_000)]
    public void Estimate_OfEqualCommands_IsExact()
    {
        RemainingTime remaining = new();
        remaining.Add(10 * s_second, isFinal: true);

        // Two that have just begun, four to come, two at once: three rounds.
        Assert.Equal(30 * s_second, remaining.Estimate([TimeSpan.Zero, TimeSpan.Zero], 4, 2, TimeSpan.Zero));
    }

    [Fact(Timeout = 120_000)]
    public void Estimate_ForOldRunningCommands_LooksAtTheLongOnesOnly()
    {
        RemainingTime remaining = new();
        for (int i = 0; i < 10; i++)
        {
            remaining.Add(s_second, isFinal: true);
            remaining.Add(100 * s_second, isFinal: true);
        }

        Assert.Equal(60 * s_second, remaining.Estimate([40 * s_second], 0, 4, TimeSpan.Zero));
    }

    [Fact(Timeout = 120_000)]
    public void Estimate_ConsidersRetriesAndThePaceOfStarts()
    {
        RemainingTime remaining = new();
        remaining.Add(5 * s_second, isFinal: false);
        remaining.Add(5 * s_second, isFinal: true);

        Assert.InRange(remaining.Estimate([], 1, 1, TimeSpan.Zero)!.Value.TotalSeconds, 9.9, 10);
        Assert.Equal(70 * s_second, remaining.Estimate([], 7, 100, 10 * s_second));
    }

    // The longest of the mixed batches: one command in ten takes a hundred times as long. From a third of the way on, the estimate is
    // within half of what it really takes, in nine of ten cases; the mean of what has ended alone, or a median, is not.
    [Fact(Timeout = 120_000)]
    public void Estimate_OfMixedCommands_ComesCloseEnough()
    {
        int close = 0;
        int all = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            foreach ((double estimated, double real) in Simulate(new Random(seed), commands: 400, places: 8))
            {
                all++;
                close += estimated > real / 1.5 && estimated < real * 1.5 ? 1 : 0;
            }
        }

        Assert.InRange(close / (double)all, 0.9, 1);
    }

    private static List<(double Estimated, double Real)> Simulate(Random random, int commands, int places)
    {
        BatchCore core = new(new BatchRules { Jobs = places });
        PriorityQueue<BatchJob, TimeSpan> ends = new();
        List<(TimeSpan Now, TimeSpan Estimate)> estimates = [];
        TimeSpan now = TimeSpan.Zero;
        int read = 0;
        while (!core.IsOver)
        {
            while (core.TryNext(now, out BatchStep step, out BatchJob? job))
            {
                if (step == BatchStep.Start)
                {
                    ends.Enqueue(job, now + (random.Next(10) == 0 ? 100 * s_second : s_second) * (0.5 + random.NextDouble()));
                }
            }

            if (core.TryRead(now))
            {
                if (read++ < commands)
                {
                    core.Offer(new BatchJob());
                }
                else
                {
                    core.EndInput();
                }
            }
            else if (ends.TryDequeue(out BatchJob? ended, out TimeSpan end))
            {
                now = end;
                core.Ended(ended, BatchOutcome.Succeeded, mayRepeat: false, now);
                int done = core.Count(BatchOutcome.Succeeded);
                if (done > commands / 3 && done < commands * 9 / 10)
                {
                    estimates.Add((now, core.Remaining(now, commands)!.Value));
                }
            }
        }

        return [.. estimates.Select(pair => (pair.Estimate.TotalSeconds, (now - pair.Now).TotalSeconds))];
    }
}
