namespace Telar.Benchmarks;

/// <summary>Telar's side of a figure.</summary>
internal interface ISide : IAsyncDisposable
{
    /// <summary>Measures once.</summary>
    ValueTask<double> MeasureAsync(CancellationToken cancellationToken);
}
