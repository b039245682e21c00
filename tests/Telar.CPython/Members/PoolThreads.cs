using System.Collections.Concurrent;
using Telar.Concurrent.Futures;
using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

using OsThread = System.Threading.Thread;

/// <summary>What <c>ThreadPoolExecutor._threads</c> tells a test. It does not keep the pool alive.</summary>
internal sealed class PoolThreads(PyObject initializer)
{
    private readonly ConcurrentQueue<OsThread> _started = new();
    private WeakReference<ThreadPoolExecutor>? _executor;

    /// <summary>How many threads the pool has.</summary>
    public int Count => _executor!.TryGetTarget(out ThreadPoolExecutor? executor) ? executor.Statistics.Threads : 0; // see Watch

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
