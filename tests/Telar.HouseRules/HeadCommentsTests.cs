using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class HeadCommentsTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(HeadComments.Text, HeadComments.Check(Repository.Sources("src")));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("class Queue { void M(object gate) { lock (gate) { } } }", "takes a lock")]
    [InlineData("class Queue { void M(object gate) { System.Threading.Monitor.Enter(gate); } }", "takes a lock")]
    [InlineData("class Queue { void M(Lock gate) { using (gate.EnterScope()) { } } }", "takes a lock")]
    [InlineData("class Queue { class Inner { void M(object gate) { lock (gate) { } } } }", "Queue takes a lock")]
    [InlineData("// Invariants: I1 holds\nclass Queue { void M(object gate) { lock (gate) { } } }", "no '// Locks' part")]
    [InlineData("// Locks\nclass Queue { void M(object gate) { lock (gate) { } } }", "no '// Locks' part")]
    [InlineData("class Queue { int s; bool M() => Interlocked.CompareExchange(ref s, 1, 0) == 0; }", "shares state without a lock")]
    [InlineData("class Queue { int s; int M() => Volatile.Read(ref s); void W() => Volatile.Write(ref s, 1); }", "shares state without a lock")]
    [InlineData("class Queue { volatile bool _stopped; volatile bool _failed; }", "shares state without a lock")]
    [InlineData("class Queue { volatile object? _value; }", "shares state without a lock")]
    [InlineData("// The locks of this class are many.\nclass Queue { void M(object gate) { lock (gate) { } } }", "no '// Locks' part")]
    public void A_class_that_does_not_explain_its_sharing_is_red(string source, string expected) =>
        HouseRule.AssertRed(expected, Check(source));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("// Locks: _gate is a leaf.\nclass Queue { void M(object gate) { lock (gate) { } } }")]
    [InlineData("// Locks\n//   _gate is a leaf.\n/// <summary>Doc.</summary>\n[Serializable]\nclass Queue { void M(object gate) { lock (gate) { } } }")]
    [InlineData("class Queue\n{\n    // Locks\n    //   _gate is a leaf.\n    object _gate;\n    void M() { lock (_gate) { } }\n}")]
    [InlineData("// Invariants\n// I1 the write in M pairs with nothing.\nclass Queue { int s; void M() => Volatile.Write(ref s, 1); }")]
    [InlineData("class Queue { long _count; void M() => Interlocked.Increment(ref _count); long C => Interlocked.Read(ref _count); }")]
    [InlineData("class Queue { int _disposed; void M() { if (Interlocked.Exchange(ref _disposed, 1) == 0) { } } }")]
    [InlineData("class Queue { volatile bool _stopped; void Stop() => _stopped = true; }")]
    [InlineData("class Queue { void M() { } }")]
    public void A_class_that_explains_it_or_shares_nothing_is_green(string source) => Assert.Empty(Check(source));

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_head_comment_of_one_part_counts_for_all_parts() => Assert.Empty(HeadComments.Check(
    [
        new SourceFile("src/Telar/Queues/Queue.cs", "namespace Q;\n// Locks: _gate is a leaf.\npartial class Queue { }"),
        new SourceFile("src/Telar/Queues/Queue.Put.cs", "namespace Q;\npartial class Queue { void M(object gate) { lock (gate) { } } }"),
    ]));

    private static Violation[] Check(string source) =>
        [.. HeadComments.Check([new SourceFile("src/Telar/Queues/Queue.cs", "namespace Telar.Queues;\n" + source)])];
}
