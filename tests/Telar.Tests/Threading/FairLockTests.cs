namespace Telar.Tests.Threading;

using Telar.Threading;

public class FairLockTests : AsyncAcquirableTests
{
    private protected override IAsyncAcquirable CreateAsync() => new Lock(LockFairness.Fair);

    private protected override int WaitingAt(IAcquirable acquirable) => ((Lock)acquirable).Statistics.WaitingCount;
}
