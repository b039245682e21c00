using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Crashes;

/// <summary>Whoever fails, whenever and however: the call that it hits ends as the grid says, all others as if nothing had been.</summary>
/// <remarks>CPython's <c>test_deadlock</c> and <c>test_process_pool</c> try some of these; there the pool is broken afterwards.</remarks>
public sealed class CrashGridSpecs : ProcessSpec
{
    private const int LeastCells = 120;

    public static IEnumerable<TheoryDataRow<string>> Phases => CrashGrid.Cells.Select(static cell => cell.Phase).Distinct().Select(static phase => new TheoryDataRow<string>(phase));

    [Fact(Timeout = 120_000)]
    public void The_grid_has_every_cell_once()
    {
        Assert.True(CrashGrid.Cells.Count >= LeastCells, $"{CrashGrid.Cells.Count} cells");
        Assert.Equal(CrashGrid.Cells.Count, CrashGrid.Cells.DistinctBy(static cell => (cell.Phase, cell.Actor, cell.Way)).Count());
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Phases))]
    public async Task I_get_the_outcome_of_the_grid_and_the_pool_goes_on(string phase)
    {
        await using CrashScene scene = new();
        foreach (CrashCell cell in CrashGrid.Cells.Where(cell => cell.Phase == phase))
        {
            if (Crash.IsIgnored(cell.Way))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Left out: {cell}. This process was started with that signal ignored, as by nohup, and so are its workers.");
                continue;
            }

            try
            {
                await scene.PlayAsync(cell).WaitAsync(TimeSpan.FromSeconds(90), Token);
            }
            catch (Exception exception)
            {
                Assert.Fail($"Cell {cell}: {exception}");
            }
        }
    }
}
