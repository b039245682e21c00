namespace Telar.Concurrent.Futures.Waiting;

/// <summary>A thread that waits for one future.</summary>
// Never disposed: Notify may still come after a wait that ran out of time, and without a wait handle there is nothing to release.
internal sealed class BlockingWaiter() : ManualResetEventSlim(initialState: false, SpinCount), IFutureWaiter
{
    // Enough for a call that is about to end on another core, no more: most calls outlast any spinning.
    private new const int SpinCount = 10;

    public bool RunsUserCode => false;

    public void Notify(Future future) => Set();
}
