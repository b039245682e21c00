namespace Telar.Multiprocessing;

/// <summary>Functions on values and arrays in shared memory.</summary>
/// <remarks>
/// Python: the functions of <c>multiprocessing.sharedctypes</c>; those that make values are the constructors here.
/// <b>Thread safety.</b> All members may be used by any number of threads at once.
/// </remarks>
public static class SharedTypes
{
    /// <summary>Makes a value that starts as a copy of another one.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="source">What is copied, in one step if it has at most eight bytes.</param>
    /// <returns>The copy, in memory of its own.</returns>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <remarks>Python: <c>sharedctypes.copy</c>.</remarks>
    public static RawValue<T> Copy<T>(RawValue<T> source)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        return new RawValue<T>(source.Value);
    }

    /// <summary>Makes an array that starts as a copy of another one.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="source">What is copied.</param>
    /// <returns>The copy, in memory of its own.</returns>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <remarks>Python: <c>sharedctypes.copy</c>.</remarks>
    public static RawArray<T> Copy<T>(RawArray<T> source)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        RawArray<T> copy = new(source.Span);
        GC.KeepAlive(source);
        return copy;
    }

    /// <summary>Gives a value a lock.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value, which the result owns from now on.</param>
    /// <param name="lock">The lock; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <returns>The same memory, guarded.</returns>
    /// <remarks>Python: <c>sharedctypes.synchronized</c>.</remarks>
    public static Value<T> Synchronized<T>(RawValue<T> value, OwnedLock? @lock = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(value);
        return new Value<T>(value, @lock);
    }

    /// <summary>Gives an array a lock.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="array">The array, which the result owns from now on.</param>
    /// <param name="lock">The lock; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <returns>The same memory, guarded.</returns>
    /// <remarks>Python: <c>sharedctypes.synchronized</c>.</remarks>
    public static Array<T> Synchronized<T>(RawArray<T> array, OwnedLock? @lock = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return new Array<T>(array, @lock);
    }
}
