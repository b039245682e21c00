namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;
using Telar.Multiprocessing;

/// <summary>A side that starts a new worker each time.</summary>
internal sealed class ColdSide(StartMethod method) : ISide
{
    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        if (method == StartMethod.ForkServer)
        {
            await ForkServer.WaitUntilReadyAsync(cancellationToken);
        }

        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, StartMethod = method });
        long begun = Clock.Now;
        long reached = pool.Submit(static () => Clock.Now, cancellationToken).Result();
        return reached - begun;
    }

    public ValueTask DisposeAsync()
    {
        ForkServer.Stop();
        return ValueTask.CompletedTask;
    }
}
