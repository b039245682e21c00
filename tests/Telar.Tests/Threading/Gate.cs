using Xunit;

namespace Telar.Tests.Threading;

/// <summary>Starts threads and waits for what they do, without sleeping and not for ever.</summary>
internal static class Gate
{
    /// <summary>Longer than anything here takes, on a machine that is busy with other things.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs the body on a thread of its own.</summary>
    public static Task OnThread(Action body) =>
        Task.Factory.StartNew(body, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="OnThread(Action)"/>
    public static Task<T> OnThread<T>(Func<T> body) =>
        Task.Factory.StartNew(body, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Runs the body on so many threads.</summary>
    public static Task[] OnThreads(int count, Action<int> body) =>
        [.. Enumerable.Range(0, count).Select(i => OnThread(() => body(i)))];

    /// <summary>Waits until something that other threads do has happened.</summary>
    public static void Until(Func<bool> happened)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Limit, "It did not happen.");
            Thread.Yield();
        }
    }

    /// <summary>Lets two threads run into each other again and again: in each round both start at the same moment.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="left">What one does in a round.</param>
    /// <param name="right">What the other does meanwhile.</param>
    public static Task RaceAsync(int rounds, Action left, Action right)
    {
        int arrived = 0;
        return AllAsync(OnThread(() => Run(left)), OnThread(() => Run(right)));

        void Run(Action side)
        {
            for (int round = 1; round <= rounds; round++)
            {
                Interlocked.Increment(ref arrived);
                for (int spins = 0; Volatile.Read(ref arrived) < 2 * round; spins++)
                {
                    Token.ThrowIfCancellationRequested();
                    if (spins > 500)
                    {
                        Thread.Yield();
                    }
                }

                side();
            }
        }
    }

    /// <summary>Waits for the end of threads; a lost wake-up shows here.</summary>
    public static Task AllAsync(params Task[] tasks) => Task.WhenAll(tasks).WaitAsync(Limit, Token);

    /// <inheritdoc cref="AllAsync(Task[])"/>
    public static Task<T> EndAsync<T>(Task<T> task) => task.WaitAsync(Limit, Token);

    /// <summary>Waits here: for a test whose thread owns something, and would have another thread after an await.</summary>
    public static T End<T>(Task<T> task)
    {
        Until(() => task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>The bytes that this thread allocates in many runs of the body, after some to warm up.</summary>
    public static long Allocated(Action body, int runs = 1000)
    {
        for (int i = 0; i < 100; i++)
        {
            body();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < runs; i++)
        {
            body();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
