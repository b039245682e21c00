using System.Runtime.InteropServices;
using Telar.Internal.Segments;
using Telar.Serialization;

namespace Telar.Multiprocessing;

// Ownership
//   The object owns its segment: one mapping and one descriptor. What it gives out (Memory, Span) is borrowed. Memory keeps the segment from
//   being collected and refuses to work after Dispose; a Span does neither, as no Span can.

/// <summary>A block of memory with a name, which unrelated processes use directly: .NET and CPython alike.</summary>
/// <remarks>
/// <para>
/// The block lives as long as somebody uses it. When the last .NET process disposes its object or ends, the name goes, and with the last
/// mapping the memory; when all were killed, the next program that uses shared memory removes it. A process that only opened a block never
/// takes it from the others by ending.
/// </para>
/// <para>
/// A CPython process opens the block with <c>SharedMemory(name, track=False)</c> (before 3.13: <c>SharedMemory(name)</c>, followed by
/// <c>resource_tracker.unregister(shm._name, 'shared_memory')</c>). Without that, CPython itself removes the name when that process ends.
/// Blocks that CPython has made stay until somebody unlinks them, as there.
/// </para>
/// <para>
/// The memory is taken from the system when the block is made, so that a full /dev/shm is an exception there and not the end of the process
/// on the first write.
/// </para>
/// <para>Python: <c>multiprocessing.shared_memory.SharedMemory</c>. Linux only so far.</para>
/// <para>
/// <b>Thread safety.</b> All members may be used by any number of threads at once, with one exception: nobody may use a
/// <see cref="Span{T}"/> of a block that another thread disposes meanwhile; that ends the process. The content is memory: guard it.
/// </para>
/// <para>
/// <b>Processes.</b> Captured by a call, or passed as its argument, it arrives as an object of the worker's own for the same block. The worker
/// may dispose that one, or leave it to the garbage collector. Keep the block until the call has begun: what is gone cannot be opened.
/// </para>
/// </remarks>
/// <example><code>
/// using SharedMemory memory = SharedMemory.Create(1024);
/// await pool.Submit(() => memory.Span.Fill(7));
/// int first = memory.Span[0];
/// </code></example>
public sealed class SharedMemory : IDisposable, IHandleSendable<SharedMemory>
{
    // As CPython names its blocks.
    private const string Prefix = "psm_";
    private const int Digits = 8;

    private readonly Segment _segment;
    private readonly SharedBytes _bytes;

    private SharedMemory(Segment segment)
    {
        _segment = segment;
        _bytes = new SharedBytes(segment);
    }

    /// <summary>The name by which other processes open the block; without a slash.</summary>
    /// <remarks>Python: <c>SharedMemory.name</c>.</remarks>
    public string Name => _segment.Name;

    /// <summary>The size in bytes: exactly what was asked for when the block was made.</summary>
    /// <remarks>Python: <c>SharedMemory.size</c>.</remarks>
    public long Size => _segment.Size;

    /// <summary>Whether the block goes with its last user. False for what CPython has made.</summary>
    /// <remarks>Python: <c>track</c>, of the one who makes the block only.</remarks>
    public bool IsTracked => _segment.IsTracked;

    /// <summary>The content.</summary>
    /// <value>
    /// All of it; of a block of more than 2 GiB the first 2 GiB less a byte, and the rest by <see cref="GetSpan"/>. After
    /// <see cref="Dispose"/> its use is an <see cref="ObjectDisposedException"/>.
    /// </value>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    /// <remarks>Python: <c>SharedMemory.buf</c>. While it is pinned, as asynchronous I/O does it, <see cref="Dispose"/> is refused.</remarks>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_bytes.HasEnded, this);
            return _bytes.Memory;
        }
    }

    /// <summary>The content, for use at once.</summary>
    /// <value>As long as <see cref="Memory"/>. Keep this object alive and undisposed while you use it.</value>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    /// <remarks>Python: <c>SharedMemory.buf</c>.</remarks>
    public Span<byte> Span => _bytes.GetSpan();

    /// <summary>Makes a block of zeroes.</summary>
    /// <param name="size">Its size in bytes, above 0.</param>
    /// <param name="name">Its name, which nobody may have; <see langword="null"/> for a random one such as <c>psm_1b579b76</c>.</param>
    /// <param name="options">How it is made; <see langword="null"/> for the defaults.</param>
    /// <returns>The block, used by this process.</returns>
    /// <exception cref="ArgumentException">The name is empty, holds a slash or a NUL, or has more than 255 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is not above 0.</exception>
    /// <exception cref="IOException">
    /// The name is taken (<see cref="Exception.HResult"/> is 17, EEXIST), or there is no room (28, ENOSPC). Nothing was made.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <remarks>Python: <c>SharedMemory(name, create=True, size=size)</c>, where a taken name is a <c>FileExistsError</c>.</remarks>
    public static SharedMemory Create(long size, string? name = null, SharedMemoryOptions? options = null) =>
        Create(size, name, options, initialize: null);

    /// <summary>Opens a block that another process, or this one, has made.</summary>
    /// <param name="name">Its name, as <see cref="Name"/> or CPython's <c>name</c> gives it.</param>
    /// <returns>The block, used by this process too.</returns>
    /// <exception cref="ArgumentException">The name is empty, holds a slash or a NUL, or has more than 255 bytes.</exception>
    /// <exception cref="FileNotFoundException">There is no block of that name.</exception>
    /// <exception cref="IOException">It cannot be opened or mapped, or is no shared memory.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user of the system.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <remarks>Python: <c>SharedMemory(name)</c>.</remarks>
    public static SharedMemory Open(string name) => Segment.TryOpen(name) is { } segment
        ? new SharedMemory(segment)
        : throw new FileNotFoundException(
            $"Opening shared memory '{name}' failed: there is none of that name. Its last user has gone, or somebody unlinked it; whoever made it must keep it until you have opened it.",
            name);

    /// <summary>Removes the blocks that killed processes have left. It happens by itself when a process makes its first one.</summary>
    /// <returns>How many were removed. Blocks that are in use by anybody stay, CPython included, and so do those that are not tracked.</returns>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <remarks>Python: what <c>multiprocessing.resource_tracker</c> does for the processes that it watches.</remarks>
    public static int RemoveAbandoned() => Segment.Sweep();

    /// <summary>A part of the content, for use at once.</summary>
    /// <param name="offset">Where it begins, in bytes from the beginning of the block.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>The part. Keep this object alive and undisposed while you use it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the block.</exception>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    public Span<byte> GetSpan(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Size - length);
        return _bytes.GetSpan(offset, length);
    }

    /// <summary>The content as an array of numbers or structs, for use at once: what NumPy sees with <c>numpy.ndarray(shape, dtype, buffer=shm.buf)</c>.</summary>
    /// <typeparam name="T">The type of the elements; their layout is that of the process.</typeparam>
    /// <returns>As many whole elements as fit. Keep this object alive and undisposed while you use it.</returns>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Span);

    /// <summary>Removes the name at once: nobody can open the block any more. Who has it open keeps it.</summary>
    /// <exception cref="FileNotFoundException">The name is gone already; if another block has it by now, that one stays.</exception>
    /// <remarks>
    /// Python: <c>SharedMemory.unlink</c>. Here it is needed only for blocks that are not tracked, or to remove a name early. It may follow
    /// <see cref="Dispose"/>, as <c>unlink</c> follows <c>close</c> in Python; if that was the last user's, nothing is left to do.
    /// </remarks>
    public void Unlink()
    {
        if (!_segment.TryUnlink())
        {
            throw new FileNotFoundException($"Unlinking shared memory '{Name}' failed: the name is gone already. Its memory stays with those who have it open.", Name);
        }
    }

    /// <summary>Stops using the block; further calls do nothing. The last user's name goes with it, if the block is tracked.</summary>
    /// <exception cref="InvalidOperationException">Somebody has the memory pinned. Nothing has changed: unpin it, and dispose again.</exception>
    /// <remarks>Python: <c>SharedMemory.close</c>, which throws a <c>BufferError</c> while views exist.</remarks>
    public void Dispose()
    {
        if (!_bytes.TryEnd())
        {
            throw new InvalidOperationException(
                $"Disposing shared memory '{Name}' failed: {_bytes.Pins} handles to it are pinned. Dispose them (what Memory.Pin() returned), or wait for the I/O that uses them, and dispose it again.");
        }

        _segment.Dispose();
    }

    /// <summary>The name and the size.</summary>
    /// <returns>A text for messages, logs and debuggers: <c>SharedMemory('psm_1b579b76', size=1024)</c>.</returns>
    public override string ToString() => $"SharedMemory('{Name}', size={Size})";

    /// <summary>Makes a block whose content is written before any other process can see it.</summary>
    /// <inheritdoc cref="Create(long, string, SharedMemoryOptions)"/>
    internal static SharedMemory Create(long size, string? name, SharedMemoryOptions? options, Action<SharedMemory>? initialize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        bool isTracked = options?.Track ?? true;
        SharedMemory? made = null;
        Segment? segment = name is null
            ? Segment.CreateRandom(Prefix, Digits, size, isTracked, Write)
            : Segment.TryCreate(name, size, isTracked, Write);
        return segment is not null && made is not null
            ? made
            : throw new IOException(
                $"Making shared memory '{name}' failed: the name is taken. Open that block, or choose another name; without a name you get a free one.",
                Interop.Errno.EEXIST);

        void Write(Segment segment)
        {
            made = new SharedMemory(segment);
            initialize?.Invoke(made);
        }
    }

    void IHandleSendable<SharedMemory>.WriteHandle(GraphEncoder encoder) => WriteHandle(encoder);

    static SharedMemory IHandleSendable<SharedMemory>.ReadHandle(GraphDecoder decoder) => ReadHandle(decoder);

    /// <summary>Writes what <see cref="ReadHandle"/> needs.</summary>
    internal void WriteHandle(GraphEncoder encoder)
    {
        ObjectDisposedException.ThrowIf(_bytes.HasEnded, this);
        encoder.Writer.WriteString(Name);
    }

    /// <summary>Opens, in the receiver, the block that a handle names.</summary>
    internal static SharedMemory ReadHandle(GraphDecoder decoder)
    {
        SharedMemory received = Open(decoder.Reader.ReadText());
        received._segment.ExpectFinalizer();
        return received;
    }
}
