using System.Collections.Concurrent;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Calls;

/// <summary>A small executor on threads of its own: calls really run beside the test.</summary>
internal sealed class ThreadExecutor : Executor
{
    private readonly BlockingCollection<Action> _calls = [];
    private readonly ConcurrentDictionary<Future, byte> _pending = new();
    private readonly Thread[] _threads;

    public ThreadExecutor(int workers = 2)
        : base("threads")
    {
        _threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"threads/{i}" };
            _threads[i].Start();
        }
    }

    public override int MaxWorkers => _threads.Length;

    public override void Shutdown(bool wait = true, bool cancelFutures = false)
    {
        _calls.CompleteAdding();
        foreach (Future future in cancelFutures ? [.. _pending.Keys] : Array.Empty<Future>())
        {
            future.Cancel();
        }

        foreach (Thread thread in wait ? _threads : [])
        {
            thread.Join();
        }
    }

    public override Task ShutdownAsync(bool cancelFutures = false, CancellationToken cancellationToken = default) =>
        Task.Run(() => Shutdown(wait: true, cancelFutures), cancellationToken);

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        Owner owner = new();
        Future<T> future = new(options.Name, owner);
        _pending.TryAdd(future, 0);
        try
        {
            _calls.Add(() =>
            {
                _pending.TryRemove(future, out _);
                if (future.TryRun())
                {
                    call.RunInto(future, owner.Stop.Token);
                }
            }, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw ShutDownError();
        }

        return future;
    }

    private void Work()
    {
        foreach (Action call in _calls.GetConsumingEnumerable())
        {
            call();
        }
    }

    private sealed class Owner : IFutureOwner
    {
        public CancellationTokenSource Stop { get; } = new();

        public bool Withdraw(Future future) => true;

        public bool RequestStop(Future future)
        {
            Stop.Cancel();
            return true;
        }
    }
}
