using Telar.Concurrent.Futures;
using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class ExecutorTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = Plan.Limit)]
    public void ThreadPool_SubmitWhileAWorkerFallsAsleep_LeavesNoCallBehind()
    {
        using ThreadPoolExecutor pool = new(2);
        Harness.Litmus.Check("ThreadPoolExecutor, submit or rest", new SubmitOrRest(pool, s_patience), Plan.Submit);
    }

    [Fact(Timeout = Plan.Limit)]
    public void ThreadPool_SubmitWhileAWorkerEnds_LeavesNoCallBehind()
    {
        using ThreadPoolExecutor pool = new(new ThreadPoolOptions { MaxWorkers = 2, IdleTimeout = TimeSpan.Zero });
        Harness.Litmus.Check("ThreadPoolExecutor, submit or end", new SubmitOrRest(pool, s_patience), Plan.SubmitToEndingThreads);
    }

    // Seen red: with a plain write at the end of ThreadWorker.Begin.
    [Fact(Timeout = Plan.Limit)]
    public void ThreadPool_SubmitWhileAWorkerBeginsACall_LeavesNoCallBehind() =>
        Harness.Litmus.Check("ThreadPoolExecutor, submit or begin", new SubmitOrBegin(), Plan.SubmitToBeginningThreads);

    [Fact(Timeout = Plan.Limit)]
    public void Future_StartedWhileItIsFollowed_TellsOfTheStart() =>
        Harness.Litmus.Check("Future, start or follow", new StartOrFollow(), Plan.Start);

    [Fact(Timeout = Plan.Limit)]
    public void RateLimit_GrantedWhileTheCallIsCancelled_LosesNoPermit() =>
        Harness.Litmus.Check("RateLimit, grant or cancel", new GrantOrCancel(), Plan.Cancel);
}
