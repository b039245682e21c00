using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class PureCoreTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(
        PureCore.Text, PureCore.Check(Compilations.Library, Repository.Sources("src/Telar")));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_core_that_reads_the_clock_is_red() => HouseRule.AssertRed(
        "PoolCore uses System.Environment",
        Check("class PoolCore { long Now => Environment.TickCount64; }"));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_core_that_reaches_a_thread_through_another_type_is_red() => HouseRule.AssertRed(
        "PoolCore -> PoolCall uses System.Threading.Tasks.Task",
        Check("class PoolCore { PoolCall? call; } class PoolCall { Task? task; }"));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_core_of_plain_data_is_green_beside_a_driver_that_is_not() => Assert.Empty(
        Check("""
            class PoolCore { Queue<int> waiting = new(); TimeSpan next = Timeout.InfiniteTimeSpan; int n = Environment.ProcessorCount; }
            class WorkerPool { PoolCore? core; Thread? thread; }
            """));

    private static Violation[] Check(string types)
    {
        SourceFile file = new("src/Telar/Multiprocessing/Pools/PoolCore.cs", "namespace Telar.Multiprocessing.Pools; " + types);
        return [.. PureCore.Check(Compilations.Compile([file]), [file])];
    }
}
