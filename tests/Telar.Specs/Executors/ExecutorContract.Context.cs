using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Executors;

/// <summary>What a call knows of itself and tells of its progress.</summary>
public abstract partial class ExecutorContract
{
    [Fact(Timeout = Limit)]
    public async Task I_can_ask_who_I_am_in_a_call_and_in_what_it_starts()
    {
        await using Executor executor = Make(1);

        (string? name, int attempt, bool canBeCancelled, string? inTask) = await executor.Submit(
            static cancellationToken =>
            {
                TaskContext me = TaskContext.Current!;
                bool isToken = me.CancellationToken == cancellationToken;
                return (me.Name, me.Attempt, isToken, Task.Run(static () => TaskContext.Current?.Name).Result);
            },
            new CallOptions { Name = "who" });

        Assert.Equal(("who", 1, true, "who"), (name, attempt, canBeCancelled, inTask));
        Assert.Equal((true, null), await executor.Submit(static () => (TaskContext.Current is not null, TaskContext.Current?.Name)));
        Assert.Null(TaskContext.Current);
    }

    [Fact(Timeout = Limit)]
    public async Task I_hear_the_progress_of_a_call_in_order_and_the_last_word_before_its_end()
    {
        await using Executor executor = Make(1);
        for (int round = 0; round < 20; round++)
        {
            ProgressLog log = new();
            Future<int> call = executor.Submit(
                static () =>
                {
                    for (int i = 1; i <= 1000; i++)
                    {
                        TaskContext.Current!.Report(i / 1000.0, $"step {i}");
                    }

                    return 7;
                },
                new CallOptions { Progress = log });
            log.Future = call;

            Assert.Equal(7, await call);

            TaskProgress[] heard = [.. log.Heard];
            Assert.Equal(new TaskProgress(1, "step 1000"), heard[^1]);
            Assert.Equal(heard.OrderBy(static report => report.Fraction), heard);
            Assert.Equal(0, log.TooLate);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task I_read_the_attempt_of_a_retried_call()
    {
        await using Executor executor = Make(1);

        int attempts = await executor.Submit(
            static () => TaskContext.Current!.Attempt < 3 ? throw new InvalidOperationException("not yet") : TaskContext.Current.Attempt,
            new CallOptions { Retry = new RetryPolicy(5) { Delay = TimeSpan.Zero } });

        Assert.Equal(3, attempts);
    }
}
