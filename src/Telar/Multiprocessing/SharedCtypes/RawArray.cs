using System.Collections;
using System.Runtime.CompilerServices;
using Telar.Serialization;

namespace Telar.Multiprocessing;

// Ownership
//   The array owns its memory, and disposes it. Members keep it from the collector until they are done with the memory: the last use of an
//   array may be a call of one.

/// <summary>An array of numbers or structs in shared memory, without a lock.</summary>
/// <typeparam name="T">The type of the elements. Pointers in it mean nothing in another process.</typeparam>
/// <remarks>
/// <para>
/// The memory holds the elements and nothing else, laid out as C does it, so CPython sees the same array with
/// <c>numpy.ndarray(length, dtype, buffer=SharedMemory(name, track=False).buf)</c>.
/// </para>
/// <para>Python: <c>multiprocessing.RawArray</c>, <c>multiprocessing.sharedctypes.RawArray</c>. Linux only so far.</para>
/// <para>
/// <b>Thread safety.</b> That of memory: reading and writing one element of up to eight bytes is one step, everything else needs a lock (see
/// <see cref="Array{T}"/>) or <see cref="Interlocked"/> on an element. Nobody may use the array while another thread disposes it.
/// </para>
/// <para><b>Processes.</b> Captured by a call, or passed as its argument, it is the same array in the worker; see <see cref="Telar.Multiprocessing.SharedMemory"/>.</para>
/// </remarks>
public sealed class RawArray<T> : IReadOnlyList<T>, IDisposable, IHandleSendable<RawArray<T>>
    where T : unmanaged
{
    /// <summary>Makes an array of zeroes.</summary>
    /// <param name="length">The number of elements, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not above 0, or the array would have more than 2 GiB.</exception>
    /// <exception cref="IOException">There is no room. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public RawArray(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, int.MaxValue / Unsafe.SizeOf<T>());
        SharedMemory = SharedMemory.Create((long)length * Unsafe.SizeOf<T>());
    }

    /// <summary>Makes an array with a copy of some elements.</summary>
    /// <param name="items">The elements, at least one.</param>
    /// <inheritdoc cref="RawArray{T}(int)" path="/exception"/>
    public RawArray(ReadOnlySpan<T> items)
        : this(items.Length)
    {
        items.CopyTo(Span);
        GC.KeepAlive(this);
    }

    private RawArray(SharedMemory memory) => SharedMemory = memory;

    /// <summary>The memory that holds the array.</summary>
    public SharedMemory SharedMemory { get; }

    /// <summary>The number of elements, which never changes.</summary>
    /// <remarks>Python: <c>len(array)</c>.</remarks>
    public int Count => (int)(SharedMemory.Size / Unsafe.SizeOf<T>());

    /// <summary>All elements, in place. Slices are ranges of it: <c>array.Span[2..5]</c>.</summary>
    /// <value>Keep this object alive and undisposed while you use it.</value>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public Span<T> Span => SharedMemory.AsSpan<T>();

    /// <summary>An element.</summary>
    /// <param name="index">Which one: 0 to <see cref="Count"/> - 1, or from the end as in <c>array[^1]</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    /// <remarks>Python: <c>array[index]</c>.</remarks>
    public T this[int index]
    {
        get
        {
            T item = ItemAt(index);
            GC.KeepAlive(this);
            return item;
        }

        set
        {
            ItemAt(index) = value;
            GC.KeepAlive(this);
        }
    }

    /// <summary>Goes through the elements, each read when it is its turn.</summary>
    /// <returns>The elements in order.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops using the array; the memory goes with its last user.</summary>
    public void Dispose() => SharedMemory.Dispose();

    /// <summary>The type and number of elements, and the name of the memory.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => $"RawArray<{typeof(T).Name}>({Count} items, name='{SharedMemory.Name}')";

    void IHandleSendable<RawArray<T>>.WriteHandle(GraphEncoder encoder) => SharedMemory.WriteHandle(encoder);

    static RawArray<T> IHandleSendable<RawArray<T>>.ReadHandle(GraphDecoder decoder)
    {
        SharedMemory memory = SharedMemory.ReadHandle(decoder);
        if (memory.Size % Unsafe.SizeOf<T>() == 0 && memory.Size <= int.MaxValue)
        {
            return new RawArray<T>(memory);
        }

        memory.Dispose();
        throw new InvalidDataException($"Shared memory '{memory.Name}' of {memory.Size} bytes is no array of {typeof(T)}.");
    }

    private ref T ItemAt(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The array has {Count} elements.");
        }

        return ref Span[index];
    }
}
