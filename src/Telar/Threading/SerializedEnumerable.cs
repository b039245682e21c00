using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Telar.Threading;

// Invariants
//   I1  _source is enumerated by at most one thread at a time, the holder of _gate, and never by its own items' making.
//   I2  _isOver  <=>  the source has ended, has thrown or was disposed: it is not touched any more.
// Locks
//   _gate guards everything. The source's own code runs under it, as it must: it is the one thing that is serialized. A source that asks
//   this object for an item while it makes one is refused, so that it does not wait for itself.

/// <summary>A sequence that several threads take items from: each item goes to exactly one of them.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>
/// <para>
/// Python: <c>threading.serialize_iterator</c>. <see cref="System.Collections.Generic.IEnumerator{T}"/> cannot be shared, because another
/// thread's <c>MoveNext</c> can come between <c>MoveNext</c> and <c>Current</c>: here <see cref="TryNext"/> does both at once, and each
/// <see langword="foreach"/> has an enumerator of its own over the same source. Nothing is read ahead.
/// </para>
/// <para>Dispose it to let the source go early; it lets it go itself at its end.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once. An enumerator is for one thread at a time.</para>
/// </remarks>
public sealed class SerializedEnumerable<T> : IEnumerable<T>, IDisposable
{
    private readonly System.Threading.Lock _gate = new();
    private readonly IEnumerable<T> _items;
    private IEnumerator<T>? _source;
    private bool _isMoving;
    private bool _isOver;

    /// <summary>Shares a sequence.</summary>
    /// <param name="source">What to take the items from: enumerated once, from the first time that somebody takes one.</param>
    public SerializedEnumerable(IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _items = source;
    }

    /// <summary>Takes the next item, waiting while another thread takes one.</summary>
    /// <param name="item">The item; default at the end.</param>
    /// <returns><see langword="false"/> at the end, for this and every later call.</returns>
    /// <exception cref="InvalidOperationException">The source itself asked, while it was making an item.</exception>
    /// <remarks>What the source throws goes to the one caller that it happened to; for the others the sequence has ended. Python: <c>next</c>.</remarks>
    public bool TryNext([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            ThrowIfMoving_NeedsLock();
            if (!_isOver)
            {
                bool isGood = false;
                _isMoving = true;
                try
                {
                    _source ??= _items.GetEnumerator();
                    if (_source.MoveNext())
                    {
                        item = _source.Current;
                        isGood = true;
                        return true;
                    }
                }
                finally
                {
                    _isMoving = false;
                    if (!isGood)
                    {
                        End_NeedsLock();
                    }
                }
            }

            item = default;
            return false;
        }
    }

    /// <summary>Ends the sequence for all, and lets the source go; waits while a thread takes an item.</summary>
    /// <exception cref="InvalidOperationException">The source itself asked, while it was making an item.</exception>
    /// <remarks>Python: <c>close</c>.</remarks>
    public void Dispose()
    {
        lock (_gate)
        {
            ThrowIfMoving_NeedsLock();
            End_NeedsLock();
        }
    }

    /// <summary>An enumerator of what is left, which shares the source with all others.</summary>
    /// <returns>An enumerator for one thread. Disposing it leaves the source to the others.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        while (TryNext(out T? item))
        {
            yield return item;
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void ThrowIfMoving_NeedsLock()
    {
        // The lock lets its own thread in again.
        if (_isMoving)
        {
            throw new InvalidOperationException("The source of a SerializedEnumerable used the SerializedEnumerable while it was making an item.");
        }
    }

    private void End_NeedsLock()
    {
        if (!_isOver)
        {
            _isOver = true;
            IEnumerator<T>? source = _source;
            _source = null;
            source?.Dispose();
        }
    }
}
