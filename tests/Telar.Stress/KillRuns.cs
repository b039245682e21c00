using System.Globalization;

namespace Telar.Stress;

/// <summary>Long runs, by hand: TELAR_STRESS_SECONDS (default 60) and TELAR_STRESS_SEED (default: from the clock) choose one.</summary>
public sealed class KillRuns
{
    private const int KillsInOneRun = 300;

    [Fact(Timeout = 24 * 3600 * 1000)]
    public async Task No_call_is_lost_or_run_twice_however_often_workers_are_killed()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        TimeSpan time = TimeSpan.FromSeconds(Number("TELAR_STRESS_SECONDS") ?? 60);
        int seed = Number("TELAR_STRESS_SEED") ?? Environment.TickCount & int.MaxValue;
        long start = TimeProvider.System.GetTimestamp();
        do
        {
            KillRun run = new(seed, KillsInOneRun, TimeSpan.FromMinutes(10));
            await run.RunAsync(token);
            TestContext.Current.SendDiagnosticMessage(run.Report);
            Console.WriteLine(run.Report);
            seed++;
        }
        while (TimeProvider.System.GetElapsedTime(start) < time);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
