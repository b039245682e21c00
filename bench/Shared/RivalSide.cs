namespace Telar.Benchmarks;

/// <summary>A side that another process measures.</summary>
internal sealed class RivalSide(Rival rival, string request, int argument) : ISide
{
    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken) => new(rival.Ask(request, argument));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
