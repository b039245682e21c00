using System.Collections.Concurrent;
using Telar.Concurrent.Futures;
using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

using OsThread = System.Threading.Thread;

/// <summary>What <c>ThreadPoolExecutor._threads</c> tells a test. It does not keep the pool alive.</summary>
internal sealed class PoolThreads(PyObject initializer)
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<OsThread> _started = new();
    private WeakReference<ThreadPoolExecutor>? _executor;

    /// <summary>How many threads the pool has, once each call that may have a thread has one.</summary>
    /// <remarks>
    /// CPython's <c>submit</c> starts a thread before it returns. Telar's does not keep the caller waiting: a thread that finds more
    /// work than it takes starts the next one.
    /// </remarks>
    public int Count
    {
        get
        {
            if (!_executor!.TryGetTarget(out ThreadPoolExecutor? executor)) // see Watch
            {
                return 0;
            }

            ThreadPoolStatistics statistics = executor.Statistics;
            _ = SpinWait.SpinUntil(
                () => (statistics = executor.Statistics).CallsPending == 0 || statistics.Threads == statistics.AllowedThreads,
                s_startLimit);
            return statistics.Threads;
        }
    }

    /// <summary>Those that have come as far as the initializer.</summary>
    public object[] Started => [.. _started.Select(thread => new PoolThread(thread))];

    public void Watch(ThreadPoolExecutor executor) => _executor = new(executor);

    public void Initialize()
    {
        _started.Enqueue(OsThread.CurrentThread);
        if (!initializer.IsNone)
        {
            _ = initializer.Call();
        }
    }
}
