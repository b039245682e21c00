using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G8: an initializer that always fails gives one clear exception and few processes.</summary>
public sealed class G08FailingInitializer : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_get_the_initializers_own_exception_and_at_most_a_handful_of_processes()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 2,
            Initializer = static () => throw new InvalidOperationException("no model file"),
        });
        Future<int>[] calls = [.. Enumerable.Range(0, 10).Select(number => pool.Submit(() => number))];

        foreach (Future<int> call in calls)
        {
            BrokenProcessPoolException broken = await Assert.ThrowsAsync<BrokenProcessPoolException>(() => call.AsTask());
            Assert.Contains("no model file", broken.Message, StringComparison.Ordinal);
            Assert.Equal("no model file", Assert.IsType<InvalidOperationException>(broken.InnerException).Message);
        }

        Assert.True(pool.IsBroken);
        Assert.Throws<BrokenProcessPoolException>(() => { pool.Submit(static () => 1); });
        Assert.InRange(pool.Statistics.WorkersStarted, 1, 2);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_the_cause_when_every_worker_crashes_while_it_starts()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 2,
            MaxStartFailures = 3,
            Initializer = static () =>
            {
                Console.Error.WriteLine("cannot go on");
                Environment.Exit(5);
            },
        });

        BrokenProcessPoolException broken = await Assert.ThrowsAsync<BrokenProcessPoolException>(() => pool.SubmitAsync(static () => 1));

        Assert.Contains("exit code 5", broken.Message, StringComparison.Ordinal);
        Assert.Contains("cannot go on", broken.Message, StringComparison.Ordinal);
        Assert.InRange(pool.Statistics.WorkersStarted, 3, 4);
    }
}
