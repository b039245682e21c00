namespace Telar.Threading;

// Invariants
//   I1  _source is enumerated by at most one caller at a time, the holder of _gate.
//   I2  _isOver  <=>  the source has ended, has thrown or was disposed: it is not touched any more.
// Locks
//   _gate guards everything and is held over the awaits of the source, whose own code runs under it: it is the one thing that is serialized.

/// <summary>An asynchronous sequence that several consumers take items from: each item goes to exactly one of them.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// <para>
/// The asynchronous <see cref="SerializedEnumerable{T}"/>. Who waits for an item holds no thread. Nothing is read ahead. A source that
/// asks this object for an item while it makes one waits for itself.
/// </para>
/// <para>Dispose it to let the source go early; it lets it go itself at its end.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once. An enumerator is for one consumer at a time.</para>
/// </remarks>
public sealed class SerializedAsyncEnumerable<T> : IAsyncEnumerable<T>, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly IAsyncEnumerable<T> _items;
    private readonly CancellationToken _sourceToken;
    private IAsyncEnumerator<T>? _source;
    private bool _isOver;

    /// <summary>Shares an asynchronous sequence.</summary>
    /// <param name="source">What to take the items from: enumerated once, from the first time that somebody takes one.</param>
    /// <param name="cancellationToken">Is given to the source. A consumer's own token ends only its wait for its turn.</param>
    public SerializedAsyncEnumerable(IAsyncEnumerable<T> source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_items, _sourceToken) = (source, cancellationToken);
    }

    /// <summary>Takes the next item, waiting while another consumer takes one.</summary>
    /// <param name="cancellationToken">Cancels the wait for the turn. Once the source is making an item, it is waited for: no item is lost.</param>
    /// <returns>Whether there was an item, and the item; <see langword="false"/> at the end, for this and every later call.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled. No item was taken.</exception>
    /// <remarks>What the source throws goes to the one caller that it happened to; for the others the sequence has ended.</remarks>
    public async ValueTask<(bool HasItem, T? Item)> TryNextAsync(CancellationToken cancellationToken = default)
    {
        using LockScope scope = await _gate.EnterAsync(null, cancellationToken).ConfigureAwait(false);
        if (_isOver)
        {
            return (false, default);
        }

        bool isGood = false;
        try
        {
            _source ??= _items.GetAsyncEnumerator(_sourceToken);
            isGood = await _source.MoveNextAsync().ConfigureAwait(false);
            return isGood ? (true, _source.Current) : (false, default);
        }
        finally
        {
            if (!isGood)
            {
                await EndAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the sequence for all, and lets the source go; waits while a consumer takes an item.</summary>
    /// <returns>A task that ends when the source is disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        using LockScope scope = await _gate.EnterAsync().ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>An enumerator of what is left, which shares the source with all others.</summary>
    /// <param name="cancellationToken">As for <see cref="TryNextAsync"/>.</param>
    /// <returns>An enumerator for one consumer. Disposing it leaves the source to the others.</returns>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await TryNextAsync(cancellationToken).ConfigureAwait(false) is (true, var item))
        {
            yield return item!; // there is one
        }
    }

    private async ValueTask EndAsync()
    {
        if (!_isOver)
        {
            _isOver = true;
            if (_source is { } source)
            {
                _source = null;
                await source.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
