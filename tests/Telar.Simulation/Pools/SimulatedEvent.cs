namespace Telar.Simulation.Pools;

/// <summary>Something that happens at a time. <see cref="Order"/> keeps those of one time in the order in which they were made.</summary>
internal readonly record struct SimulatedEvent(
    long Time, long Order, SimulatedEventKind Kind, SimulatedWorker? Worker, long Number, SimulatedResult? Result)
    : IComparable<SimulatedEvent>
{
    public int CompareTo(SimulatedEvent other) =>
        Time != other.Time ? Time.CompareTo(other.Time) : Order.CompareTo(other.Order);
}
