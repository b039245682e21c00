using System.Globalization;
using Telar.Tests.Subprocesses;

namespace Telar.Stress;

/// <summary>Ten thousand children from eight threads; TELAR_STRESS_SEED (default: from the clock) chooses a storm.</summary>
public sealed class ChildStorms
{
    private const int Children = 10_000;
    private const int Threads = 8;

    [Fact(Timeout = 24 * 3600 * 1000)]
    public async Task No_child_is_told_wrong_or_left_behind_whatever_happens_to_it()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("TELAR_STRESS_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : Environment.TickCount & 0xFFFF;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"storm of {Children} children from {Threads} threads, seed {seed}"));
        await new ChildStorm(seed).RunAsync(Children, Threads, TestContext.Current.CancellationToken);
    }
}
