using Telar.Concurrent.Futures;

namespace Telar.Specs.Executors;

public sealed class InlineExecutorContract : ExecutorContract
{
    protected override bool RunsBeside => false;

    protected override Executor Make(ExecutorKind kind) => new InlineExecutor();
}
