using Telar.Multiprocessing.Pools;
using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>Messages that hold a text of somebody else can be read to their end.</summary>
public class PhrasesTests
{
    [Theory(Timeout = 120_000)]
    [InlineData("no config", "no config. ")]
    [InlineData("no config.", "no config. ")]
    [InlineData("why?\n", "why? ")]
    [InlineData("two\nlines", "two\nlines\n")]
    [InlineData("", ". ")]
    public void Ended_LetsTheNextSentenceFollow(string text, string expected) => Assert.Equal(expected, Phrases.Ended(text));

    [Fact(Timeout = 120_000)]
    public void ABrokenPool_SaysWhatToDo_AfterTheCauseAndNotInIt()
    {
        using ThreadPoolExecutor threads = new(new ThreadPoolOptions
        {
            MaxWorkers = 1,
            ThreadNamePrefix = "db",
            Initializer = static () => throw new FormatException("no config"),
        });
        Exception broken = threads.Submit(static () => 1, TestContext.Current.CancellationToken).Exception()!; // its initializer throws

        Assert.EndsWith("threw FormatException: no config. No call can be run; make a new pool once that is mended.", broken.Message, StringComparison.Ordinal);
        Assert.Equal(
            "Pool 'p' is broken: It wrote:\n  line 1\n  line 2\nNo call can be run; make a new pool.",
            ProcessPoolExecutor.Broken("p", PoolBreak.On("It wrote:\n  line 1\n  line 2")).Message);
    }

    [Fact(Timeout = 120_000)]
    public void Statistics_SayInOneLineWhatIsGoingOn()
    {
        using ThreadPoolExecutor pool = new(new ThreadPoolOptions { MaxWorkers = 1, ThreadNamePrefix = "s" });
        using ManualResetEventSlim begun = new();
        using ManualResetEventSlim go = new();
        Action wait = () =>
        {
            begun.Set();
            go.Wait();
        };
        Future running = pool.Submit(wait, new CallOptions { Name = "waits" }, TestContext.Current.CancellationToken);
        begun.Wait(TestContext.Current.CancellationToken);

        ThreadPoolStatistics now = pool.Statistics;

        Assert.Equal("1 call running, 0 pending, 0 ended", now.ToString());
        Assert.Equal($"worker 's_0' (process {Environment.ProcessId}): runs call 'waits'; 0 calls before", Assert.Single(now.Workers).ToString());
        go.Set();
        running.Result();
    }
}
