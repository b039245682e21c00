using System.Collections.Concurrent;

namespace Telar.Tests.Threading;

using Telar.Threading;

/// <summary>The examples of the chapter, as a user of Telar writes them.</summary>
public class ThreadExampleTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Crawl_OneThreadAPage()
    {
        string[] links = ["https://one.example", "https://two.example", "https://three.example"];
        ConcurrentQueue<string> fetched = new();
        Thread[] threads = [.. links.Select(link => new Thread(() => fetched.Enqueue($"{link} by {Thread.Current.Name}"), name: $"crawl {link}"))];

        RunAll(threads);

        Assert.Equal(links.Select(static link => $"{link} by crawl {link}").Order(), fetched.Order());
    }

    [Fact(Timeout = 120_000)]
    public void Timer_Hello()
    {
        List<string> said = [];
        Timer timer = new(TimeSpan.FromMilliseconds(3), () => said.Add("hello, world"));
        timer.Start();
        Assert.True(timer.Join(s_patience, Token));

        Assert.Equal(["hello, world"], said);
    }

    [Fact(Timeout = 120_000)]
    public void Barrier_ClientAndServer()
    {
        Barrier barrier = new(2, timeout: TimeSpan.FromSeconds(5));
        bool isServing = false;
        bool found = false;
        Thread server = new(() =>
        {
            isServing = true;
            barrier.Wait(cancellationToken: Token);
        });
        Thread client = new(() =>
        {
            barrier.Wait(cancellationToken: Token);
            found = isServing;
        });

        RunAll([client, server]);

        Assert.True(found, "the client comes after the server is ready");
    }

    [Fact(Timeout = 120_000)]
    public void Condition_ProducerAndConsumer()
    {
        Condition changed = new();
        Queue<int> items = new();
        List<int> consumed = [];
        Thread consumer = new(() =>
        {
            while (consumed.Count < 10)
            {
                using (changed.Enter(cancellationToken: Token))
                {
                    changed.WaitFor(() => items.Count > 0, cancellationToken: Token);
                    consumed.Add(items.Dequeue());
                }
            }
        });
        Thread producer = new(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                using (changed.Enter(cancellationToken: Token))
                {
                    items.Enqueue(i);
                    changed.Notify();
                }
            }
        });

        RunAll([consumer, producer]);

        Assert.Equal(Enumerable.Range(0, 10), consumed);
    }

    [Fact(Timeout = 120_000)]
    public void BoundedSemaphore_LimitsConnections()
    {
        const int MaxConnections = 2;
        BoundedSemaphore pool = new(MaxConnections);
        int open = 0;
        int most = 0;
        RunAll([.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            using (pool.Enter(cancellationToken: Token))
            {
                int now = Interlocked.Increment(ref open);
                InterlockedMax(ref most, now);

                System.Threading.Thread.Yield();
                Interlocked.Decrement(ref open);
            }
        }))]);

        Assert.InRange(most, 1, MaxConnections);

        static void InterlockedMax(ref int most, int now)
        {
            for (int seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
            {
                _ = Interlocked.CompareExchange(ref most, now, seen);
            }
        }
    }

    private static void RunAll(Thread[] threads)
    {
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, thread => Assert.True(thread.Join(s_patience, Token)));
        Assert.All(threads, static thread => Assert.Null(thread.Exception));
    }
}
