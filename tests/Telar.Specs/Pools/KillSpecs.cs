using Telar.Specs.Support;
using Telar.Stress;

namespace Telar.Specs.Pools;

/// <summary>Three hundred kills under load, and every call accounted for. tests/Telar.Stress does the same for hours.</summary>
public sealed class KillSpecs : ProcessSpec
{
    [Theory(Timeout = 240_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task I_can_kill_a_hundred_workers_and_no_call_is_lost_or_run_twice_without_leave(int seed)
    {
        KillRun run = new(seed, kills: 100, TimeSpan.FromMinutes(3));

        await run.RunAsync(Token);

        Assert.NotEmpty(run.Report);
    }
}
