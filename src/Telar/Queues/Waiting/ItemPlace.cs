namespace Telar.Queues.Waiting;

// Ownership
//   Who waits owns it, and reads it after the wait. Between, whoever takes the waiter out of its list writes it, under the queue's mutex.

/// <summary>Where the item of one who waits is handed over: given to a getter, taken from a putter. A payload of its waiter.</summary>
internal class ItemPlace<T>
{
    [ThreadStatic]
    private static ItemPlace<T>? t_spare;

    /// <summary>The item.</summary>
    public T Item { get; set; } = default!; // read only after it was written

    /// <summary>What a hook of the queue threw for this item.</summary>
    public Exception? Error { get; set; }

    /// <summary>One for a thread that waits, which gives it back with <see cref="Return"/>.</summary>
    public static ItemPlace<T> Rent(T item)
    {
        ItemPlace<T> place = t_spare ?? new ItemPlace<T>();
        t_spare = null;
        place.Item = item;
        return place;
    }

    public void Return()
    {
        Reset();
        t_spare = this;
    }

    /// <summary>Whether the waiter still wants an item: one that waits at several queues may have got it elsewhere.</summary>
    public virtual bool TryClaim() => true;

    /// <summary>Forgets the item: a spare must not keep one alive.</summary>
    public void Reset()
    {
        Item = default!; // read only after it was written
        Error = null;
    }
}
