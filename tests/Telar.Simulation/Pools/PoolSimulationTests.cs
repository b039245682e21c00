using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Telar.Simulation.Pools;

/// <summary>
/// Plays schedules. <c>TELAR_SEED=n</c> plays that one and prints it; <c>TELAR_SCHEDULES=n</c> and <c>TELAR_FIRST_SEED=n</c>
/// change how many, and from where.
/// </summary>
public sealed class PoolSimulationTests(ITestOutputHelper output)
{
    [Fact(Timeout = 900_000)]
    public async Task PoolCore_InAMillionSchedules_KeepsItsPromises()
    {
        if (Number("TELAR_SEED") is { } seed)
        {
            string story = PoolSimulation.Replay(seed);
            output.WriteLine(story);
            Assert.EndsWith("holds.", story, StringComparison.Ordinal);
            return;
        }

        ulong first = Number("TELAR_FIRST_SEED") ?? 1;
        ulong count = Number("TELAR_SCHEDULES") ?? 1_000_000;
        ulong lanes = (ulong)Environment.ProcessorCount;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        long[] events = await Task.WhenAll(
            Enumerable.Range(0, (int)lanes).Select(lane => Task.Run(() => Play((ulong)lane), stop.Token)));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} schedules from seed {first}, {events.Sum()} events, {watch.Elapsed.TotalSeconds:0.0} s"));

        long Play(ulong lane)
        {
            long played = 0;
            for (ulong i = lane; i < count; i += lanes)
            {
                stop.Token.ThrowIfCancellationRequested();
                try
                {
                    played += PoolSimulation.Run(first + i);
                }
                catch
                {
                    stop.Cancel(); // One broken property is enough to look at.
                    throw;
                }
            }

            return played;
        }
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
