using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures;
using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

internal static class ExecutorMembers
{
    private static readonly ConditionalWeakTable<ThreadPoolExecutor, PoolThreads> s_threads = [];

    public static void AddTo(MemberTable members)
    {
        members.New("ThreadPoolExecutor_new", (long? maxWorkers, string? prefix, PyObject initializer) =>
        {
            PoolThreads threads = new(initializer);
            ThreadPoolExecutor executor = new(new ThreadPoolOptions
            {
                MaxWorkers = (int?)maxWorkers,
                ThreadNamePrefix = prefix,
                Initializer = threads.Initialize,
            });
            threads.Watch(executor);
            s_threads.Add(executor, threads);
            return executor;
        });
        members.Add("ThreadPoolExecutor_max_workers", (ThreadPoolExecutor executor) => executor.MaxWorkers);
        members.Add("ThreadPoolExecutor_is_broken", (ThreadPoolExecutor executor) => executor.IsBroken);
        members.Add("ThreadPoolExecutor_threads", (ThreadPoolExecutor executor) =>
            s_threads.TryGetValue(executor, out PoolThreads? threads) ? threads : null); // every pool of the shim has one

        members.Add("PoolThreads_count", (PoolThreads threads) => threads.Count);
        members.Add("PoolThreads_started", (PoolThreads threads) => threads.Started);
        members.Add("PoolThread_name", (PoolThread thread) => thread.Name);
        members.Add("PoolThread_join", (PoolThread thread) => thread.Join());

        members.Add("Executor_submit", (Executor executor, PyObject function) => executor.Submit(() => function.Call()));

        // Python's map submits all items at once.
        members.Add("Executor_map", (Executor executor, PyObject function, PyObject[] items, TimeSpan? timeout, int chunkSize) =>
            new Items(executor.Map(
                arguments => function.CallWith(arguments, null),
                items,
                new MapOptions { ChunkSize = chunkSize, Window = int.MaxValue, Timeout = timeout })));
        members.Add("Executor_shutdown", (Executor executor, bool wait, bool cancelFutures) => executor.Shutdown(wait, cancelFutures));
        members.Add("Executor_dispose", (Executor executor) => executor.Dispose());
    }
}
