namespace Telar.Benchmarks;

/// <summary>One side of a figure: Telar, or what it is compared with.</summary>
internal interface ISide : IAsyncDisposable
{
    /// <summary>Measures once. The first measurement is not counted: it pays for what is only paid once.</summary>
    ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken);
}
