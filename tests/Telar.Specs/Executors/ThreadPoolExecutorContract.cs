using Telar.Concurrent.Futures;

namespace Telar.Specs.Executors;

public sealed class ThreadPoolExecutorContract : ExecutorContract
{
    protected override Executor Make(ExecutorKind kind) => new ThreadPoolExecutor(new ThreadPoolOptions
    {
        MaxWorkers = kind.Workers,
        Initializer = kind.Initializer,
        MaxPending = kind.MaxPending,
        CancelGrace = TimeSpan.FromSeconds(30),
    });
}
