using Telar.Concurrent.Futures;

namespace Telar.Specs.Executors;

public sealed class ProcessPoolExecutorContract : ExecutorContract
{
    protected override bool SharesMemory => false;

    protected override Executor Make(ExecutorKind kind) => new ProcessPoolExecutor(new ProcessPoolOptions
    {
        MaxWorkers = kind.Workers,
        Initializer = kind.Initializer,
        MaxPending = kind.MaxPending,
        CancelGrace = TimeSpan.FromSeconds(30),
    });
}
