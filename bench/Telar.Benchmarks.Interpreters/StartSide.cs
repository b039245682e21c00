namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;

/// <summary>A side that makes a new executor of one worker each time, and waits for its first result.</summary>
internal sealed class StartSide(Func<Executor> make) : ISide
{
    public async ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        long begun = Clock.Now;
        Executor executor = make();
        int answer = executor.Submit(static () => 1, cancellationToken).Result();
        long taken = Clock.Now - begun;
        await executor.DisposeAsync();
        return taken * answer;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
