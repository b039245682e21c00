using Telar.Specs.Support;
using Telar.Stress;

namespace Telar.Specs.Pools;

/// <summary>Fifteen hundred kills under load, and every call accounted for. tests/Telar.Stress does the same for hours.</summary>
public sealed class KillSpecs : ProcessSpec
{
    [Theory(Timeout = 240_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task I_can_kill_five_hundred_workers_and_no_call_is_lost_or_run_twice_without_leave(int seed)
    {
        KillRun run = new(seed, kills: 500, TimeSpan.FromMinutes(3));

        KillTotals totals = await run.RunAsync(Token);

        TestContext.Current.SendDiagnosticMessage($"seed {seed}: {totals}");
        Assert.True(totals.Kills >= 500);
    }
}
