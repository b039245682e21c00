namespace Telar.Queues;

/// <summary>An item with a priority beside it, for a <see cref="PriorityQueue{T}"/>: only the priorities are compared.</summary>
/// <remarks>
/// <para>
/// Comparison and equality both look at the priority alone, so that items need not be comparable at all. Python: the data class with
/// <c>order=True</c> and <c>compare=False</c> that the documentation of <c>queue.PriorityQueue</c> shows.
/// </para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
/// <typeparam name="TPriority">What is compared, by its own order; the smallest leaves first.</typeparam>
/// <typeparam name="T">What travels with it.</typeparam>
/// <param name="Priority">What is compared.</param>
/// <param name="Item">What travels with it.</param>
public readonly record struct PrioritizedItem<TPriority, T>(TPriority Priority, T Item) : IComparable<PrioritizedItem<TPriority, T>>
{
    /// <summary>Compares the priorities.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Less than 0, 0 or more than 0, as this priority is smaller, equal or larger.</returns>
    public int CompareTo(PrioritizedItem<TPriority, T> other) => Comparer<TPriority>.Default.Compare(Priority, other.Priority);

    /// <summary>Whether the priorities are equal.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether they are, by the same order as <see cref="CompareTo"/>.</returns>
    public bool Equals(PrioritizedItem<TPriority, T> other) => EqualityComparer<TPriority>.Default.Equals(Priority, other.Priority);

    /// <inheritdoc/>
    public override int GetHashCode() => Priority is null ? 0 : EqualityComparer<TPriority>.Default.GetHashCode(Priority);

    /// <summary>Whether the left priority is smaller.</summary>
    public static bool operator <(PrioritizedItem<TPriority, T> left, PrioritizedItem<TPriority, T> right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left priority is smaller or equal.</summary>
    public static bool operator <=(PrioritizedItem<TPriority, T> left, PrioritizedItem<TPriority, T> right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left priority is larger.</summary>
    public static bool operator >(PrioritizedItem<TPriority, T> left, PrioritizedItem<TPriority, T> right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left priority is larger or equal.</summary>
    public static bool operator >=(PrioritizedItem<TPriority, T> left, PrioritizedItem<TPriority, T> right) => left.CompareTo(right) >= 0;
}
