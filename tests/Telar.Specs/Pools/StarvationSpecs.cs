using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>A pool stands on threads of its own: it works while the program's thread pool does not.</summary>
public sealed class StarvationSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_get_results_deaths_and_the_end_of_the_pool_while_no_thread_of_the_thread_pool_is_free()
    {
        string? outcome = null;
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.GetMaxThreads(out int maxWorkers, out int maxPorts);
        using ManualResetEventSlim release = new();
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                UseAPool();
                outcome = "ended";
            }
            catch (Exception exception)
            {
                outcome = exception.ToString();
            }
            finally
            {
                release.Set();
                done.SetResult();
            }
        });

        // At the maximum no thread is added: what waits for one waits until the release.
        ThreadPool.SetMaxThreads(Math.Max(workers, ThreadPool.ThreadCount), maxPorts);
        ThreadPool.GetMaxThreads(out int limit, out _);
        CountdownEvent blocked = new(1);
        for (int i = 0; i < limit * 2; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(TimeSpan.FromSeconds(40)), null);
        }

        thread.Start();
        await done.Task;
        ThreadPool.SetMaxThreads(maxWorkers, maxPorts);
        Assert.Equal("ended", outcome);

        static void UseAPool()
        {
            TimeSpan patience = TimeSpan.FromSeconds(15);
            ProcessPoolExecutor pool = new(1);
            Assert.Equal(1, pool.Submit(static () => 1).Result(patience));
            Assert.Throws<WorkerDiedException>(() => pool.Submit(static () =>
            {
                _ = Interop.Libc.kill(Environment.ProcessId, 9);
                return 0;
            }).Result(patience));
            Assert.Equal(2, pool.Submit(static () => 2).Result(patience));
            pool.Dispose();
        }
    }
}
