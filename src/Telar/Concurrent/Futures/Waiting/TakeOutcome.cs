namespace Telar.Concurrent.Futures.Waiting;

/// <summary>What became of an attempt to take an item from a <see cref="ReadyQueue{T}"/>.</summary>
internal enum TakeOutcome
{
    Item,
    Empty,
    Closed,
    OutOfTime,
}
