using Telar.Concurrent.Futures;
using Telar.ContextVars;
using Telar.Serialization;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>A call knows who it is, tells how far it has come, and finds the context variables of its caller.</summary>
public sealed class TaskContextSpecs : ProcessSpec
{
    private static readonly ContextVar<string> s_request = new("telar.specs.request", "none") { CrossesProcesses = true };
    private static readonly ContextVar<string> s_private = new("telar.specs.private", "none");
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact(Timeout = 120_000)]
    public async Task I_hear_a_report_that_was_held_back_while_its_call_goes_on()
    {
        await using ProcessPoolExecutor pool = new(1);
        using TemporaryFile gate = new();
        ProgressLog log = new();
        Future<int> call = pool.Submit(
            () =>
            {
                TaskContext.Current!.Report(0.1);
                TaskContext.Current.Report(0.2);
                SpinWait.SpinUntil(() => File.Exists(gate.Path));
                return 1;
            },
            new CallOptions { Progress = log });

        await Eventually.Holds(() => log.Heard.Count == 2, () => $"{log.Heard.Count} of 2 reports came.");
        Assert.False(call.IsDone);
        await File.WriteAllTextAsync(gate.Path, "", Token);

        await call;
        Assert.Equal([new TaskProgress(0.1), new TaskProgress(0.2)], log.Heard);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_hear_nothing_from_what_a_call_has_left_running()
    {
        await using ProcessPoolExecutor pool = new(1);
        ProgressLog log = new();
        Future<int> call = pool.Submit(
            static () =>
            {
                TaskContext me = TaskContext.Current!;
                new Thread(() =>
                {
                    while (true)
                    {
                        me.Report(0.5);
                    }
                })
                { IsBackground = true }.Start();
                return 1;
            },
            new CallOptions { Progress = log });
        log.Future = call;
        await call;

        ProgressLog next = new();
        for (int i = 0; i < 50; i++)
        {
            await pool.Submit(static () => 2, new CallOptions { Progress = next });
        }

        Assert.Empty(next.Heard);
        Assert.Equal(0, log.TooLate);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_read_the_attempt_after_the_death_of_a_worker()
    {
        await using ProcessPoolExecutor pool = new(1);

        int attempts = await pool.Submit(
            static () =>
            {
                if (TaskContext.Current!.Attempt < 3)
                {
                    Environment.Exit(1);
                }

                return TaskContext.Current.Attempt;
            },
            new CallOptions { Retries = 5, Name = "patient" });

        Assert.Equal(3, attempts);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_have_a_listener_that_throws_and_the_call_does_not_notice()
    {
        foreach (string kind in new[] { "inline", "threads", "processes" })
        {
            await using Executor executor = Make(kind);
            Assert.Equal(7, await executor.Submit(static () =>
            {
                TaskContext.Current!.Report(0.5);
                return 7;
            }, new CallOptions { Progress = new Thrower() }));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_the_context_variables_of_my_caller_in_a_worker_and_what_I_set_there_stays_in_the_call()
    {
        await using ProcessPoolExecutor pool = new(1);
        s_local.Value = "here";
        using (s_request.Set("request 17"))
        using (s_private.Set("mine"))
        {
            (string request, string other, string? local) = await pool.Submit(static () =>
            {
                string found = s_request.Get();
                s_request.Set("changed");
                s_private.Set("changed");
                s_local.Value = "changed";
                return (found, "none", s_local.Value);
            });
            Assert.Equal(("request 17", "none", "changed"), (request, other, local));
            Assert.Equal("request 17", s_request.Get());
        }

        (string after, string privately, string? flow) = await pool.Submit(static () => (s_request.Get(), s_private.Get(), s_local.Value));
        Assert.Equal(("none", "none", null), (after, privately, flow));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_them_two_pools_deep()
    {
        await using ProcessPoolExecutor pool = new(1);
        using (s_request.Set("deep"))
        {
            Assert.Equal("deep", await pool.Submit(static () =>
            {
                using ProcessPoolExecutor inner = new(1);
                return inner.Submit(static () => s_request.Get()).Result();
            }));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_refused_when_a_variable_that_is_to_cross_holds_what_cannot_be_sent()
    {
        await using ProcessPoolExecutor pool = new(1);
        ContextVar<object> unsendable = new("telar.specs.unsendable") { CrossesProcesses = true };
        using (unsendable.Set(new Thread(static () => { })))
        {
            SerializationException refusal = Assert.Throws<SerializationException>(() => { pool.Submit(static () => 1); });
            Assert.Contains("telar.specs.unsendable", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    private static Executor Make(string kind) => kind switch
    {
        "inline" => new InlineExecutor(),
        "threads" => new ThreadPoolExecutor(1),
        _ => new ProcessPoolExecutor(1),
    };

    private sealed class Thrower : IProgress<TaskProgress>
    {
        public void Report(TaskProgress value) => throw new InvalidOperationException("the listener");
    }
}
