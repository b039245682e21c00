using Telar.Concurrent.Futures;

namespace Telar.Specs.Executors;

public sealed class InterpreterPoolExecutorContract : ExecutorContract
{
    protected override bool SharesMemory => false;

    protected override Executor Make(ExecutorKind kind) => new InterpreterPoolExecutor(new InterpreterPoolOptions
    {
        MaxWorkers = kind.Workers,
        Initializer = kind.Initializer,
        MaxPending = kind.MaxPending,
        CancelGrace = TimeSpan.FromSeconds(30),
    });
}
