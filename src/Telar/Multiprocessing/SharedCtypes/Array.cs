using System.Collections;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

// Locks
//   The lock guards the content, in all processes. It is held for one call here, and for as long as he likes by who called Enter.
// Ownership
//   The array owns its memory. The lock is its own or the caller's, who says so by giving one.

/// <summary>An array of numbers or structs in shared memory, with a lock.</summary>
/// <typeparam name="T">The type of the elements. Pointers in it mean nothing in another process.</typeparam>
/// <remarks>
/// <para>
/// Each call takes the lock; going through all elements is many calls. What must be one step takes the lock for longer:
/// <c>using (array.Enter()) { array.Span.Sort(); }</c>. When a process dies in the middle of that, the next one gets the lock and is told: see
/// <see cref="OwnedLock"/>.
/// </para>
/// <para>Python: <c>multiprocessing.Array</c>, <c>multiprocessing.sharedctypes.SynchronizedArray</c>. Linux only so far.</para>
/// <para><b>Thread safety.</b> All members but <see cref="Span"/> and <see cref="Dispose"/> may be used by any number of threads and processes at once.</para>
/// <para><b>Processes.</b> Captured by a call, or passed as its argument, it is the same array, with the same lock, in the worker.</para>
/// </remarks>
public sealed class Array<T> : IReadOnlyList<T>, IDisposable, IHandleSendable<Array<T>>
    where T : unmanaged
{
    private readonly RawArray<T> _raw;
    private readonly OwnedLock _lock;
    private readonly bool _ownsLock;

    /// <summary>Makes an array of zeroes.</summary>
    /// <param name="length">The number of elements, above 0.</param>
    /// <param name="lock">The lock that guards it; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not above 0, or the array would have more than 2 GiB.</exception>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public Array(int length, OwnedLock? @lock = null)
        : this(new RawArray<T>(length), @lock)
    {
    }

    /// <summary>Makes an array with a copy of some elements.</summary>
    /// <param name="items">The elements, at least one.</param>
    /// <param name="lock">The lock that guards it; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <inheritdoc cref="Array{T}(int, OwnedLock)" path="/exception"/>
    public Array(ReadOnlySpan<T> items, OwnedLock? @lock = null)
        : this(new RawArray<T>(items), @lock)
    {
    }

    internal Array(RawArray<T> raw, OwnedLock? @lock)
    {
        _raw = raw;
        _ownsLock = @lock is null;
        _lock = @lock ?? new RLock();
    }

    /// <summary>The memory that holds the array.</summary>
    public SharedMemory SharedMemory => _raw.SharedMemory;

    /// <summary>The number of elements, which never changes.</summary>
    /// <remarks>Python: <c>len(array)</c>.</remarks>
    public int Count => _raw.Count;

    /// <summary>All elements, in place. Hold the lock while you use it.</summary>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    /// <remarks>Python: <c>SynchronizedArray.get_obj</c>.</remarks>
    public Span<T> Span => _raw.Span;

    /// <summary>An element, read or written under the lock.</summary>
    /// <param name="index">Which one: 0 to <see cref="Count"/> - 1, or from the end as in <c>array[^1]</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    /// <remarks>Python: <c>array[index]</c>.</remarks>
    public T this[int index]
    {
        get
        {
            using (_lock.Enter())
            {
                return _raw[index];
            }
        }

        set
        {
            using (_lock.Enter())
            {
                _raw[index] = value;
            }
        }
    }

    /// <summary>Some elements, copied out or in under the lock.</summary>
    /// <param name="range">Which ones.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not within the array.</exception>
    /// <exception cref="ArgumentException">There are more or fewer new elements than the range has. Nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    /// <remarks>Python: <c>array[start:stop]</c>.</remarks>
    public T[] this[Range range]
    {
        get
        {
            using (_lock.Enter())
            {
                T[] part = _raw.Span[range].ToArray();
                GC.KeepAlive(this); // as RawArray does
                return part;
            }
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            using (_lock.Enter())
            {
                Span<T> part = _raw.Span[range];
                if (part.Length != value.Length)
                {
                    throw new ArgumentException($"The range {range} of the array has {part.Length} elements, and cannot take {value.Length}: its length is fixed.", nameof(value));
                }

                value.CopyTo(part);
                GC.KeepAlive(this);
            }
        }
    }

    /// <summary>The lock that guards the array.</summary>
    /// <returns>The one it was made with, or its own.</returns>
    /// <remarks>Python: <c>SynchronizedArray.get_lock</c>.</remarks>
    public OwnedLock GetLock() => _lock;

    /// <summary>Takes the lock.</summary>
    /// <inheritdoc cref="Value{T}.Enter"/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _lock.Enter(timeout, cancellationToken);

    /// <summary>Goes through the elements, each read under the lock when it is its turn; others may change the array in between.</summary>
    /// <returns>The elements in order.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops using the array, and its lock unless that was given to it; the memory goes with its last user.</summary>
    public void Dispose()
    {
        _raw.Dispose();
        if (_ownsLock)
        {
            _lock.Dispose();
        }
    }

    /// <summary>The type and number of elements, and the name of the memory.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => $"Array<{typeof(T).Name}>({Count} items, name='{SharedMemory.Name}')";

    void IHandleSendable<Array<T>>.WriteHandle(GraphEncoder encoder)
    {
        Slots.Of<RawArray<T>>().Write(encoder, _raw);
        Slots.Of<OwnedLock>().Write(encoder, _lock);
    }

    static Array<T> IHandleSendable<Array<T>>.ReadHandle(GraphDecoder decoder) =>
        new(Slots.Of<RawArray<T>>().Read(decoder), Slots.Of<OwnedLock>().Read(decoder));
}
