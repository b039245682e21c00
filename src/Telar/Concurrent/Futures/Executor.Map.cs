using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Mapping;

namespace Telar.Concurrent.Futures;

// Every shape comes down to an input (or an asynchronous source), a way to make a call of a chunk of it, and a MapSequence.
public abstract partial class Executor
{
    /// <summary>Calls a function for each item of a sequence, and gives the results.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="source">
    /// The items. The first <see cref="MapOptions.Window"/> of them are read and submitted now; later ones when results are taken, on the
    /// thread that takes them.
    /// </param>
    /// <param name="options">How to read ahead, order and limit; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the map: pending calls never run, running ones are asked to stop.</param>
    /// <returns>
    /// The results, in the order of the items unless <see cref="MapOptions.Ordered"/> says otherwise. It can be enumerated once. Taking one
    /// waits for it. The first exception, of the function or of the source, surfaces where its item's result would have been, and ends
    /// the map. Leaving a <see langword="foreach"/> early cancels the calls that have not started.
    /// </returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    /// <remarks>
    /// <para>
    /// Short items travel in chunks, whose size follows from measuring. A worker that dies takes its chunk with it; see
    /// <see cref="CallOptions.Retries"/>. An enumeration that was begun disposes the source's enumerator, however it ends.
    /// </para>
    /// <para>Python: <c>Executor.map</c>, which reads the whole source at once unless it is given a <c>buffersize</c>.</para>
    /// </remarks>
    public IEnumerable<TResult> Map<T, TResult>(
        Func<T, TResult> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        return StartMap(source, items => new MapChunkCall<T, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls an async function for each item of a sequence, and gives the results.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Func{T, TResult}, IEnumerable{T}, MapOptions?, CancellationToken)"/>
    public IEnumerable<TResult> Map<T, TResult>(
        Func<T, Task<TResult>> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        return StartMap(source, items => new AsyncMapChunkCall<T, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls a function for each pair of items of two sequences, until the shorter one ends, and gives the results.</summary>
    /// <typeparam name="T1">The type of the first items.</typeparam>
    /// <typeparam name="T2">The type of the second items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="first">The first items.</param>
    /// <param name="second">The second items.</param>
    /// <param name="options">How to read ahead, order and limit; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Ends the map: pending calls never run, running ones are asked to stop.</param>
    /// <returns>As the other forms.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down or is broken; nothing was submitted.</exception>
    public IEnumerable<TResult> Map<T1, T2, TResult>(
        Func<T1, T2, TResult> function,
        IEnumerable<T1> first,
        IEnumerable<T2> second,
        MapOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return StartMap(first.Zip(second), items => new MapPairChunkCall<T1, T2, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls a function for each item of a sequence, and gives the results without holding a thread.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Func{T, TResult}, IEnumerable{T}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<T, TResult>(
        Func<T, TResult> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        return StartMap(source, items => new MapChunkCall<T, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls an async function for each item of a sequence, and gives the results without holding a thread.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Func{T, TResult}, IEnumerable{T}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<T, TResult>(
        Func<T, Task<TResult>> function, IEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        return StartMap(source, items => new AsyncMapChunkCall<T, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls a function for each pair of items of two sequences, and gives the results without holding a thread.</summary>
    /// <inheritdoc cref="Map{T1, T2, TResult}"/>
    public IAsyncEnumerable<TResult> MapAsync<T1, T2, TResult>(
        Func<T1, T2, TResult> function,
        IEnumerable<T1> first,
        IEnumerable<T2> second,
        MapOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return StartMap(first.Zip(second), items => new MapPairChunkCall<T1, T2, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls a function for each item of an asynchronous sequence, and gives the results.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="function">What to call.</param>
    /// <param name="source">
    /// The items. Reading begins now and goes on beside the caller, as far as <see cref="MapOptions.Window"/> allows.
    /// </param>
    /// <param name="options">How to read ahead, order and limit; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">
    /// Ends the map: the source is told, pending calls never run, running ones are asked to stop.
    /// </param>
    /// <returns>As the other forms, for <see langword="await"/> <see langword="foreach"/>.</returns>
    /// <remarks>
    /// Everything surfaces when the results are taken, also that the executor was shut down. Leaving the loop waits until the source has let
    /// go, so a source should observe the token of its enumerator.
    /// </remarks>
    public IAsyncEnumerable<TResult> MapAsync<T, TResult>(
        Func<T, TResult> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        return StartMap(source, items => new MapChunkCall<T, TResult>(function, items), options, cancellationToken);
    }

    /// <summary>Calls an async function for each item of an asynchronous sequence, and gives the results.</summary>
    /// <inheritdoc cref="MapAsync{T, TResult}(Func{T, TResult}, IAsyncEnumerable{T}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<T, TResult>(
        Func<T, Task<TResult>> function, IAsyncEnumerable<T> source, MapOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(source);
        return StartMap(source, items => new AsyncMapChunkCall<T, TResult>(function, items), options, cancellationToken);
    }

    private MapSequence<TResult> StartMap<T, TResult>(
        IEnumerable<T> source,
        Func<T[], ExecutorCall<MapChunkResult<TResult>>> makeCall,
        MapOptions? options,
        CancellationToken cancellationToken)
    {
        options = (options ?? MapOptions.Default).Validated();
        MapInput<T> input = MapInput<T>.Of(source);
        try
        {
            MapRun<TResult> run = new(this, options, input.Total);
            return new MapSequence<TResult>(run, new MapSyncFeed<T, TResult>(run, input, makeCall), cancellationToken);
        }
        catch
        {
            // Nothing was submitted, or only what the caller will never hear of.
            input.Dispose();
            throw;
        }
    }

    private MapSequence<TResult> StartMap<T, TResult>(
        IAsyncEnumerable<T> source,
        Func<T[], ExecutorCall<MapChunkResult<TResult>>> makeCall,
        MapOptions? options,
        CancellationToken cancellationToken)
    {
        MapRun<TResult> run = new(this, (options ?? MapOptions.Default).Validated(), total: null);
        return new MapSequence<TResult>(run, new MapAsyncFeed<T, TResult>(run, source, makeCall, cancellationToken), cancellationToken);
    }
}
