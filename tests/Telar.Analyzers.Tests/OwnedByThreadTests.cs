using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Telar.Analyzers.Tests;

/// <summary>TELAR004.</summary>
public class OwnedByThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string InAsync(string body) => $$"""
        namespace App;

        using Telar.Threading;

        public sealed class User(RLock given, IAcquirable any)
        {
            private readonly RLock _gate = given;
            private readonly Condition _changed = new();
            private readonly Condition _free = new(new Lock());
            private readonly Condition _given = new(given);
            private readonly Condition _any = new(any);
            private Condition _later = new();

            public async Task DoAsync(RLock gate, IAcquirable plain, Lock free, IAsyncEnumerable<int> items, IAsyncDisposable end)
            {
                {{body}}
                await Work();
            }

            private Task<int> Work() { _later = _free; return Task.FromResult(_later.IsLocked ? 1 : 0); }
        }
        """;

    [Theory(Timeout = 120_000)]
    [InlineData("using (gate.Enter()) { await Work(); }", "await Work()")]
    [InlineData("using (_gate.Enter(TimeSpan.FromSeconds(1))) { if (free.IsLocked) { Console.Write(await Work()); } }", "await Work()")]
    [InlineData("using (LockScope held = gate.Enter()) { await Task.Yield(); }", "await Task.Yield()")]
    [InlineData("{ using LockScope held = gate.Enter(); await Task.Yield(); }", "await Task.Yield()")]
    [InlineData("using (gate.Enter()) { await foreach (int item in items) { Console.Write(item); } }", "await")]
    [InlineData("using (gate.Enter()) { await using (end) { } }", "await")]
    [InlineData("using (gate.Enter()) { await using IAsyncDisposable last = end; }", "await")]
    [InlineData("gate.Acquire(); try { await Task.Yield(); } finally { gate.Release(); }", "await Task.Yield()")]
    [InlineData("using (gate.Enter()) { Func<Task> later = async () => { await Work(); }; }", null)] // When it is called, nobody knows.
    [InlineData("Func<Task> now = async () => { using (gate.Enter()) { await Task.Yield(); } };", "await Task.Yield()")]
    [InlineData("async Task Local() { using (gate.Enter()) { await Task.Yield(); } } await Local();", "await Task.Yield()")]
    [InlineData("int number = await Work(); using (gate.Enter()) { number++; }", null)]
    [InlineData("{ using LockScope held = gate.Enter(); } await Task.Yield();", null)]
    [InlineData("await Task.Yield(); using LockScope held = gate.Enter(); Func<int> later = () => 1;", "await Work()")]
    [InlineData("using (gate.Enter(TimeSpan.FromSeconds(await Work()))) { }", null)]
    [InlineData("using (free.Enter()) { await Task.Yield(); }", null)]
    [InlineData("using (plain.Enter()) { await Task.Yield(); }", null)] // It may be a lock that nobody owns.
    [InlineData("gate.Acquire(); try { gate.Release(); await Task.Yield(); gate.Acquire(); } finally { gate.Release(); }", null)]
    [InlineData("try { await Task.Yield(); gate.Acquire(); } finally { if (gate.IsHeldByCurrentThread) { gate.Release(); } }", null)]
    [InlineData("gate.Acquire(); try { Work(); } finally { gate.Release(); await Task.Yield(); }", null)]
    [InlineData("_gate.Acquire(); try { await Task.Yield(); } finally { gate.Release(); }", null)]
    public async Task An_await_while_an_RLock_is_held_is_a_warning(string body, string? expected) =>
        Assert.Equal(expected is null ? [] : [$"TELAR004 {expected}"], await FindingsAsync(body));

    [Theory(Timeout = 120_000)]
    [InlineData("using (_changed.Enter()) { await Task.Yield(); }", true)]
    [InlineData("using (_given.Enter()) { await Task.Yield(); }", true)]
    [InlineData("Condition local = new(); using (local.Enter()) { await Task.Yield(); }", true)]
    [InlineData("Condition local = new(name: \"local\"); using (local.Enter()) { await Task.Yield(); }", true)]
    [InlineData("Condition local = new(null); using (local.Enter()) { await Task.Yield(); }", true)]
    [InlineData("Condition local = new(); local = _free; using (local.Enter()) { await Task.Yield(); }", false)]
    [InlineData("using (_free.Enter()) { await Task.Yield(); }", false)]
    [InlineData("using (_any.Enter()) { await Task.Yield(); }", false)]
    [InlineData("using (_later.Enter()) { await Task.Yield(); }", false)]
    public async Task A_condition_counts_where_it_surely_has_an_RLock(string body, bool expected) =>
        Assert.Equal(expected ? ["TELAR004 await Task.Yield()"] : [], await FindingsAsync(body));

    [Theory(Timeout = 120_000)]
    [InlineData("using (gate.Enter()) { await Work(); }", "the RLock 'gate' can be released only by the one that acquired it. Release it before, or use a Lock, ")]
    [InlineData("using (_changed.Enter()) { await Work(); }", "the lock of '_changed' can be released only by the one that acquired it. Release it before, or use new Condition(new Lock()), ")]
    public async Task The_message_says_what_to_use(string body, string expected)
    {
        Diagnostic found = Assert.Single(await Compiler.DiagnosticsAsync(InAsync(body), Token), each => each.Id == "TELAR004");

        Assert.Equal(DiagnosticSeverity.Warning, found.Severity);
        Assert.Contains(expected, found.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static async Task<string[]> FindingsAsync(string body) =>
        [.. (await Compiler.ReportedAsync(InAsync(body), Token)).Where(found => found.StartsWith("TELAR004", StringComparison.Ordinal))];
}
