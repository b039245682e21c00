using Telar.Multiprocessing.Pools;
using Telar.Serialization;

namespace Telar.Specs.Pools;

/// <summary>A call whose end takes until the test says so.</summary>
internal sealed class GatedCall : WorkerCall
{
    public ManualResetEventSlim Ending { get; } = new();

    public ManualResetEventSlim Gate { get; } = new();

    public bool HasEnded { get; private set; }

    public override void OnRunning()
    {
    }

    public override void OnCancelled()
    {
        Ending.Set();
        Gate.Wait(TimeSpan.FromSeconds(30));
        HasEnded = true;
    }

    public override void Tell()
    {
    }

    public override void OnSucceeded(PayloadReader answer) => throw new NotSupportedException();

    public override void OnFailed(Exception exception) => throw new NotSupportedException();

    public override void OnBroken(PoolBreak cause) => throw new NotSupportedException();

    public override void OnTimedOut(string worker, StopKind end) => throw new NotSupportedException();

    public override void OnWorkerDied(WorkerExit exit) => throw new NotSupportedException();
}
