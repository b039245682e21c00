using Microsoft.CodeAnalysis.CSharp;
using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class NamespaceArrowsTests
{
    private const string Upper = "namespace Telar.Concurrent.Futures; public class Executor { public static int Size => 2; }";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(
        NamespaceArrows.Text, NamespaceArrows.Check(Compilations.Library, Repository.Sources("src/Telar")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_using_that_points_up_is_red() => HouseRule.AssertRed(
        "Telar.Threading opens Telar.Concurrent.Futures",
        Check(("src/Telar/Threading/Lock.cs", "using Telar.Concurrent.Futures; namespace Telar.Threading; class Lock { }")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_full_name_that_points_up_is_red() => HouseRule.AssertRed(
        "Telar.Queues uses Telar.Concurrent.Futures.Executor",
        Check(("src/Telar/Queues/Queue.cs", "namespace Telar.Queues; class Queue { Concurrent.Futures.Executor? e; }")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_member_reached_without_naming_its_type_is_red() => HouseRule.AssertRed(
        "Telar.Serialization uses Telar.Threading.Lock",
        Check(
            ("src/Telar/Internal/Frame.cs", "namespace Telar.Internal; class Frame { public object Tag = new(); }"),
            ("src/Telar/Threading/Lock.cs", """
                namespace Telar.Threading; using Telar.Internal; static class Lock { public static void Take(this Frame f) { } }
                """),
            ("src/Telar/Serialization/Codec.cs", """
                namespace Telar.Serialization { using Internal; class Codec { void M(Frame f) { Threading.Lock.Take(f); } } }
                """)));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_sibling_that_is_not_in_the_table_is_red() => HouseRule.AssertRed(
        "Telar.Sched opens Telar.Queues",
        Check(
            ("src/Telar/Queues/Queue.cs", "namespace Telar.Queues; class Queue { }"),
            ("src/Telar/Sched/Scheduler.cs", "using Telar.Queues; namespace Telar.Sched; class Scheduler { }")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void Interop_that_knows_a_layer_is_red() => HouseRule.AssertRed(
        "Telar.Interop uses Telar.Internal.Page",
        Check(
            ("src/Telar/Internal/Page.cs", "namespace Telar.Internal; class Page { }"),
            ("src/Telar/Interop/Linux/Libc/Interop.mmap.cs", "namespace Telar; partial class Interop { Internal.Page? page; }")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_namespace_without_a_row_is_red() => HouseRule.AssertRed(
        "'Telar.Helpers' is no layer",
        Check(("src/Telar/Helpers/Strings.cs", "namespace Telar.Helpers; class Strings { }")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_namespace_in_the_folder_of_another_is_red() => HouseRule.AssertRed(
        "move the file, or declare 'Telar.Queues'",
        Check(("src/Telar/Queues/Lock.cs", "namespace Telar.Threading; class Lock { }")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void Arrows_that_point_down_are_green() => Assert.Empty(Check(
        ("src/Telar/Interop/Linux/Libc/Interop.getpid.cs", "namespace Telar; static partial class Interop { public static int Id => 1; }"),
        ("src/Telar/Internal/Processes/Child.cs", "namespace Telar.Internal.Processes; class Child { int Id => Interop.Id; }"),
        ("src/Telar/Multiprocessing/Pools/Pool.cs", """
            namespace Telar.Multiprocessing;
            using Telar.Internal.Processes;
            /// <summary>See <see cref="Telar.Concurrent.Futures.Executor"/>: a comment may point up.</summary>
            class Pool { Child? child; }
            """),
        ("src/Telar/Multiprocessing/Starting/StartupHook.cs", "class StartupHook { Telar.Multiprocessing.Pool? pool; }")));

    private static Violation[] Check(params (string Path, string Text)[] sources)
    {
        SourceFile[] files = [.. sources.Select(source => new SourceFile(source.Path, source.Text))];
        CSharpCompilation compilation = Compilations.Compile([new SourceFile("src/Telar/Concurrent/Futures/Executor.cs", Upper), .. files]);
        return [.. NamespaceArrows.Check(compilation, files)];
    }
}
