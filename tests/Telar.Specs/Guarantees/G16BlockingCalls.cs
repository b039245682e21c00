using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G16: forty calls that block on the default pool of threads run at once, and hold up nobody else.</summary>
public sealed class G16BlockingCalls : ProcessSpec
{
    private const int Calls = 40;

    [Fact(Timeout = 120_000)]
    public async Task I_can_block_forty_calls_at_once_and_the_process_wide_pool_stays_free()
    {
        await using ThreadPoolExecutor pool = new();
        using CountdownEvent allBlocked = new(Calls);
        using ManualResetEventSlim mayEnd = new();
        Future<bool>[] calls = [.. Enumerable.Range(0, Calls).Select(_ => pool.Submit(() =>
        {
            // With fewer threads than calls the last one would never be here.
            allBlocked.Signal();
            mayEnd.Wait();
            return Thread.CurrentThread.IsThreadPoolThread;
        }))];

        allBlocked.Wait(Token);
        Assert.Equal(1, await Task.Run(static () => 1, Token));
        mayEnd.Set();

        Assert.All(await Task.WhenAll(calls.Select(static call => call.AsTask())), Assert.False);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_submit_and_get_results_while_the_process_wide_pool_is_blocked()
    {
        // In a process of its own: nothing else here could go on meanwhile.
        await using ProcessPoolExecutor process = new(1);

        Assert.Equal(Calls, await process.Submit(static () =>
        {
            ThreadPool.SetMinThreads(1, 1);
            ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
            for (int i = 0; i < 4 * Environment.ProcessorCount; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static _ => new ManualResetEventSlim().Wait(), null);
            }

            using ThreadPoolExecutor pool = new(2);
            Future<int>[] calls = [.. Enumerable.Range(0, Calls).Select(_ => pool.Submit(static () => 1))];
            int sum = Futures.AsCompleted(calls).Sum(static call => call.Result());
            Future<int> running = pool.Submit(static token => token.WaitHandle.WaitOne() ? throw new OperationCanceledException(token) : 0);
            running.CancelRunning();
            _ = Futures.Wait([running]);
            return running.IsCancelled && pool.Map(static number => number, Enumerable.Range(0, 100)).Count() == 100 ? sum : -1;
        }));
    }
}
