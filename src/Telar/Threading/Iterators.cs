using Telar.Threading.Threads;

namespace Telar.Threading;

/// <summary>Sequences for several threads.</summary>
/// <remarks>
/// <para>Python: <c>threading.serialize_iterator</c>, <c>synchronized_iterator</c> and <c>concurrent_tee</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class Iterators
{
    /// <summary>Shares a sequence among threads: each item goes to exactly one of them.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The sequence; enumerated once.</param>
    /// <returns>What all threads take items from.</returns>
    /// <remarks>Python: <c>threading.serialize_iterator</c>.</remarks>
    public static SerializedEnumerable<T> Serialize<T>(this IEnumerable<T> source) => new(source);

    /// <summary>Shares an asynchronous sequence among consumers: each item goes to exactly one of them.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The sequence; enumerated once.</param>
    /// <param name="cancellationToken">Is given to the source.</param>
    /// <returns>What all consumers take items from.</returns>
    public static SerializedAsyncEnumerable<T> Serialize<T>(this IAsyncEnumerable<T> source, CancellationToken cancellationToken = default) =>
        new(source, cancellationToken);

    /// <summary>Makes a function that returns sequences into one whose sequences can be shared among threads.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="function">The function, such as an iterator method. It is called once for each call of the result.</param>
    /// <returns>A function that returns <see cref="Serialize{T}(IEnumerable{T})">serialized</see> sequences.</returns>
    /// <remarks>Python: <c>threading.synchronized_iterator</c>. For functions with arguments, call <c>Serialize</c> on what they return.</remarks>
    public static Func<SerializedEnumerable<T>> Synchronized<T>(Func<IEnumerable<T>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return () => new SerializedEnumerable<T>(function());
    }

    /// <inheritdoc cref="Synchronized{T}(Func{IEnumerable{T}})"/>
    /// <typeparam name="TArgument">The type of the function's argument.</typeparam>
    /// <typeparam name="T">The type of the items.</typeparam>
    public static Func<TArgument, SerializedEnumerable<T>> Synchronized<TArgument, T>(Func<TArgument, IEnumerable<T>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return argument => new SerializedEnumerable<T>(function(argument));
    }

    /// <summary>Splits a sequence into several that all have all items, each for a thread of its own.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The sequence; enumerated once, as far as the fastest of the threads goes.</param>
    /// <param name="n">How many to make, from 0.</param>
    /// <returns>
    /// The sequences. Each can be gone through once, by one thread at a time. Items are kept until the slowest has taken them, so an
    /// unused one costs memory: dispose its enumerator.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    /// <remarks>
    /// What the source throws, each of them throws at the same place; Python lets one see the exception and the others an early end. The
    /// source is let go at its end, or when all enumerators are disposed. Python: <c>threading.concurrent_tee</c>.
    /// </remarks>
    public static IReadOnlyList<IEnumerable<T>> ConcurrentTee<T>(IEnumerable<T> source, int n = 2)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (n == 0)
        {
            return [];
        }

        TeeSource<T> shared = new(source, n);
        TeeNode<T> first = new();
        var branches = new IEnumerable<T>[n];
        for (int i = 0; i < n; i++)
        {
            branches[i] = new TeeBranch<T>(shared, first);
        }

        return branches;
    }
}
