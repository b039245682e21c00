namespace Telar.Benchmarks;

/// <summary>A side that another process measures.</summary>
/// <param name="rival">The process.</param>
/// <param name="request">What it is asked for.</param>
/// <param name="argument">With which number.</param>
/// <param name="isOwned">Whether the process ends with the figure; it may have others to answer.</param>
internal sealed class RivalSide(Rival rival, string request, int argument, bool isOwned = false) : ISide
{
    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken) => new(rival.Ask(request, argument));

    public ValueTask DisposeAsync() => isOwned ? rival.DisposeAsync() : ValueTask.CompletedTask;
}
