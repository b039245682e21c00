namespace Telar.Concurrent.Futures.Waiting;

/// <summary>The place of one future in a list of those that have ended.</summary>
/// <typeparam name="TFuture">The type of the future.</typeparam>
internal sealed class Arrival<TFuture>(TFuture? future, ArrivalList<TFuture>? list) : IFutureWaiter
    where TFuture : Future
{
    /// <summary>The future; null when it was given to the consumer, to whom alone it then belongs.</summary>
    public TFuture? Future { get; set; } = future;

    /// <summary>The one that came before, and once the consumer has turned the list round, the one that came after.</summary>
    public Arrival<TFuture>? Next { get; set; }

    /// <summary>The next one of those that had not ended when the consumer began, whether it has come by now or not.</summary>
    public Arrival<TFuture>? NextAwaited { get; set; }

    public bool RunsUserCode => false;

    public object? Whole => list;

    public void Notify(Future ended) => list!.Add(this); // only the list's own mark has none
}
