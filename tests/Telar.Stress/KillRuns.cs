using System.Globalization;

namespace Telar.Stress;

/// <summary>
/// Long runs, by hand, each of some hundred kills with a seed of its own. TELAR_STRESS_SEED is the first seed (default: from the clock). They
/// go on until there were TELAR_STRESS_KILLS kills; without it, for TELAR_STRESS_SECONDS (default 60).
/// </summary>
public sealed class KillRuns
{
    private const int KillsInOneRun = 300;

    [Fact(Timeout = 24 * 3600 * 1000)]
    public async Task No_call_is_lost_or_run_twice_however_often_workers_are_killed()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        int? kills = Number("TELAR_STRESS_KILLS");
        TimeSpan time = TimeSpan.FromSeconds(Number("TELAR_STRESS_SECONDS") ?? 60);
        int seed = Number("TELAR_STRESS_SEED") ?? Environment.TickCount & int.MaxValue;
        long start = TimeProvider.System.GetTimestamp();
        KillTotals totals = default;
        do
        {
            int killsInThisRun = (int)Math.Min(KillsInOneRun, (kills ?? long.MaxValue) - totals.Kills);
            KillTotals run = await new KillRun(seed, killsInThisRun, TimeSpan.FromMinutes(10)).RunAsync(token);
            totals += run;
            Say($"seed {seed}: {run}");
            seed++;
        }
        while (kills is { } wanted ? totals.Kills < wanted : TimeProvider.System.GetElapsedTime(start) < time);

        Say($"in all: {totals}");
    }

    private static void Say(string line)
    {
        TestContext.Current.SendDiagnosticMessage(line);
        Console.WriteLine(line);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
