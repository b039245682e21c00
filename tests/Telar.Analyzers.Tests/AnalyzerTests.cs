using Microsoft.CodeAnalysis;

namespace Telar.Analyzers.Tests;

public class AnalyzerTests
{
    // A lock of the user's own, with twins; Telar's are tried in PackageTests.
    private const string Gate = """
        namespace App;

        using Telar.Threading;

        public abstract class Gate : IAsyncAcquirable
        {
            public abstract bool IsLocked { get; }
            public abstract bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
            public abstract ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
            public abstract bool TryAcquire();
            public abstract void Release();
            public abstract LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
            public abstract ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
        }

        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string InMethod(string body, string signature = "void Do(Gate gate, IAcquirable plain, IAsyncAcquirable both)") => $$"""
        {{Gate}}
        public abstract class User
        {
            public {{signature}}
            {
                {{body}}
            }

            protected abstract void Keep(object value);
        }
        """;

    private static Task<string[]> ReportedAsync(string body) => Compiler.ReportedAsync(InMethod(body), Token);

    private static Task<string[]> ReportedInAsyncAsync(string body) =>
        Compiler.ReportedAsync(InMethod(body + " await Task.Yield();", "async Task Do(Gate gate, IAcquirable plain, IAsyncAcquirable both, IEvent flag, IBarrier barrier)"), Token);

    [Theory(Timeout = 120_000)]
    [InlineData("lock (gate) { }", "TELAR001 gate")]
    [InlineData("lock (plain) { }", "TELAR001 plain")]
    [InlineData("lock ((object)gate) { }", null)] // Whoever casts has asked for the Monitor.
    [InlineData("lock (this) { }", null)]
    [InlineData("Monitor.Enter(gate);", "TELAR001 Monitor.Enter(gate)")]
    [InlineData("bool taken = false; Monitor.Enter(gate, ref taken);", "TELAR001 Monitor.Enter(gate, ref taken)")]
    [InlineData("Monitor.TryEnter(plain);", "TELAR001 Monitor.TryEnter(plain)")]
    [InlineData("Monitor.TryEnter(timeout: TimeSpan.Zero, obj: plain);", "TELAR001 Monitor.TryEnter(timeout: TimeSpan.Zero, obj: plain)")]
    [InlineData("Monitor.PulseAll(plain);", "TELAR001 Monitor.PulseAll(plain)")]
    [InlineData("Monitor.Enter(this);", null)]
    public async Task A_Monitor_on_a_Telar_lock_is_an_error(string body, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], await ReportedAsync(body));

    [Fact(Timeout = 120_000)]
    public async Task A_Monitor_on_a_type_parameter_or_a_field_is_an_error()
    {
        string[] reported = await Compiler.ReportedAsync(
            Gate + "public class User<T>(T held) where T : class, IAsyncAcquirable { private readonly Gate? _gate; void Do() { lock (held) { } lock (_gate!) { } } }",
            Token);

        Assert.Equal(["TELAR001 held", "TELAR001 _gate!"], reported);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_message_says_what_to_write()
    {
        Diagnostic found = Assert.Single(await Compiler.DiagnosticsAsync(InMethod("lock (gate) { }"), Token));

        Assert.Equal(DiagnosticSeverity.Error, found.Severity);
        Assert.Equal(
            "'lock (gate)' takes a Monitor on the Gate, not the lock itself: who has acquired it is not kept out. Write 'using (gate.Enter())'.",
            found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("lock (gate) { Keep(1); }", "using (gate.Enter()) { Keep(1); }")]
    [InlineData("lock (gate) // why\n        {\n            Keep(1);\n        }", "using (gate.Enter()) // why\n        {\n            Keep(1);\n        }")]
    [InlineData("lock (gate ?? both) Keep(1);", "using ((gate ?? both).Enter()) Keep(1);")]
    public async Task The_fix_enters(string body, string expected) =>
        Assert.Equal(InMethod(expected), await Compiler.FixedAsync(InMethod(body), Token));

    [Fact(Timeout = 120_000)]
    public async Task A_call_of_Monitor_is_not_fixed() => Assert.Null(await Compiler.FixedAsync(InMethod("Monitor.Enter(gate);"), Token));

    [Theory(Timeout = 120_000)]
    [InlineData("gate.Enter();", "TELAR002 gate.Enter()")]
    [InlineData("plain.Enter(TimeSpan.Zero);", "TELAR002 plain.Enter(TimeSpan.Zero)")]
    [InlineData("_ = gate.Enter();", "TELAR002 gate.Enter()")]
    [InlineData("LockScope scope = gate.Enter();", "TELAR002 gate.Enter()")]
    [InlineData("gate.EnterAsync();", "TELAR002 gate.EnterAsync()")]
    [InlineData("using (gate.Enter()) { }", null)]
    [InlineData("using LockScope scope = gate.Enter();", null)]
    [InlineData("LockScope scope = gate.Enter(); scope.Dispose();", null)]
    [InlineData("LockScope scope = gate.Enter(); Keep(scope);", null)]
    [InlineData("LockScope scope = gate.Enter(); void Later() => scope.Dispose();", null)]
    [InlineData("Keep(gate.Enter());", null)]
    [InlineData("Action enter = () => gate.Enter();", null)]
    [InlineData("gate.Acquire();", null)]
    public async Task A_scope_that_nobody_disposes_is_a_warning(string body, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], await ReportedAsync(body));

    [Fact(Timeout = 120_000)]
    public async Task A_scope_of_the_same_name_elsewhere_does_not_help()
    {
        string[] reported = await Compiler.ReportedAsync(
            Gate + "public class User { void One(Gate gate) { LockScope scope = gate.Enter(); } void Two(Gate gate) { using LockScope scope = gate.Enter(); } }",
            Token);

        Assert.Equal(["TELAR002 gate.Enter()"], reported);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("await gate.EnterAsync();", "TELAR002 await gate.EnterAsync()")]
    [InlineData("await gate.EnterAsync().ConfigureAwait(false);", "TELAR002 await gate.EnterAsync().ConfigureAwait(false)")]
    [InlineData("using (await gate.EnterAsync()) { }", null)]
    [InlineData("using LockScope scope = await gate.EnterAsync();", null)]
    public async Task An_awaited_scope_that_nobody_disposes_is_a_warning(string body, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], await ReportedInAsyncAsync(body));

    [Theory(Timeout = 120_000)]
    [InlineData("both.Acquire();", "TELAR003 both.Acquire()")]
    [InlineData("using (both.Enter()) { }", "TELAR003 both.Enter()")]
    [InlineData("flag.Wait();", "TELAR003 flag.Wait()")]
    [InlineData("barrier.Wait(TimeSpan.FromSeconds(1));", "TELAR003 barrier.Wait(TimeSpan.FromSeconds(1))")]
    [InlineData("flag.Wait(TimeSpan.Zero);", null)]
    [InlineData("plain.Acquire();", null)] // Its thread may own it: there is no twin.
    [InlineData("both.TryAcquire(); both.Release(); flag.Set();", null)]
    [InlineData("await both.AcquireAsync();", null)]
    [InlineData("Action later = () => flag.Wait();", null)]
    [InlineData("Func<Task> later = async () => { flag.Wait(); await Task.Yield(); };", "TELAR003 flag.Wait()")]
    [InlineData("void Local() => flag.Wait(); Local();", null)]
    [InlineData("new Telar.ContextVars.Context().Run(() => { });", null)]
    public async Task A_blocking_wait_in_an_async_method_is_pointed_at(string body, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], await ReportedInAsyncAsync(body));

    [Fact(Timeout = 120_000)]
    public async Task A_blocking_wait_elsewhere_is_not() => Assert.Empty(await ReportedAsync("both.Acquire();"));

    [Fact(Timeout = 120_000)]
    public async Task The_result_of_a_future_is_a_wait() =>
        Assert.Equal(
            ["TELAR003 future.Result()"],
            await Compiler.ReportedAsync(InMethod("future.Result(); await Task.Yield();", "async Task Do(Telar.Concurrent.Futures.Future<int> future)"), Token));

    [Fact(Timeout = 120_000)]
    public void Every_rule_is_documented()
    {
        string page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/reference/analyzers.md"));
        Assert.All(
            new[] { Rules.MonitorOnTelarLock, Rules.ScopeNeverDisposed, Rules.BlockingWaitInAsync, Rules.AwaitWhileThreadOwns, Rules.AsyncFunctionInRun },
            rule => Assert.Contains($"## {rule.Id}", page, StringComparison.Ordinal));
    }
}
