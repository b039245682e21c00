using System.Globalization;
using Xunit;

namespace Telar.Simulation.Pools;

/// <summary>
/// Plays schedules. <c>TELAR_SEED=n</c> plays that one and prints it; <c>TELAR_SCHEDULES=n</c> and <c>TELAR_FIRST_SEED=n</c>
/// change how many, and from where.
/// </summary>
public sealed class PoolSimulationTests(ITestOutputHelper output)
{
    private const int Batch = 500;

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
        long next = 0;
        long events = 0;
        CancellationToken token = TestContext.Current.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(Play, token)));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count} schedules from seed {first}, {events} events, {watch.Elapsed.TotalSeconds:0.0} s"));

        void Play()
        {
            long mine = 0;
            while (!stop.IsCancellationRequested)
            {
                ulong start = (ulong)Interlocked.Add(ref next, Batch) - Batch;
                for (ulong i = start; i < Math.Min(start + Batch, count); i++)
                {
                    try
                    {
                        mine += PoolSimulation.Run(first + i);
                    }
                    catch
                    {
                        stop.Cancel();
                        throw;
                    }
                }

                if (start >= count)
                {
                    break;
                }
            }

            _ = Interlocked.Add(ref events, mine);
        }
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
