namespace Telar.Concurrent.Futures.Mapping;

/// <summary>The items of a map that can be had without waiting.</summary>
internal abstract class MapInput<T> : IDisposable
{
    /// <summary>How many items there are; null when the source does not say.</summary>
    public abstract long? Total { get; }

    /// <summary>Takes the next items: exactly <paramref name="size"/> of them, fewer at the end, none after it.</summary>
    /// <remarks>When the source throws, the items before come first and the exception at the next call.</remarks>
    public abstract T[] Take(int size);

    public abstract void Dispose();

    /// <summary>The quickest way to read <paramref name="source"/>.</summary>
    public static MapInput<T> Of(IEnumerable<T> source) =>
        source is T[] array && array.GetType() == typeof(T[]) ? new MapArrayInput<T>(array) : new MapEnumeratorInput<T>(source);
}
