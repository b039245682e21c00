using System.Collections;
using System.Text;
using Telar.Serialization;

namespace Telar.Multiprocessing;

// Ownership
//   The list owns its memory, and disposes it. Members keep it from the collector until they are done with the memory: the last use of a
//   list may be a call of one.

/// <summary>A list of fixed length in shared memory, which processes of .NET and CPython read and change in place.</summary>
/// <remarks>
/// <para>
/// Items are integers of 64 bits (other integers are widened), <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, arrays of
/// bytes and <see langword="null"/>. An item may be replaced by one of another type; text and bytes must fit in the slot, which has room for
/// what was first in it, rounded up to the next multiple of eight, and no less than eight bytes.
/// </para>
/// <para>
/// The memory is laid out as CPython 3.9 and later do it. Three things are better here: text takes room by its bytes, so that none is cut; zeros at the
/// end of text and bytes are kept (CPython drops them when it reads); and a value that cannot be stored changes nothing.
/// </para>
/// <para>Python: <c>multiprocessing.shared_memory.ShareableList</c>. Linux only so far.</para>
/// <para>
/// <b>Thread safety.</b> None beyond that of memory, as in Python: an item is read and written in several steps, so guard the list with a lock
/// that all its users take, and do not dispose it while another thread uses it.
/// </para>
/// <para><b>Processes.</b> Captured by a call, or passed as its argument, it is the same list in the worker; see <see cref="SharedMemory"/>.</para>
/// </remarks>
/// <example><code>
/// using ShareableList list = ShareableList.Create(["howdy", 3.14, 42, null]);
/// await pool.Submit(() => list[2] = 43);
/// // in Python: ShareableList(name=...)[2] == 43
/// </code></example>
public sealed class ShareableList : IReadOnlyList<object?>, IDisposable, IHandleSendable<ShareableList>
{
    private readonly ShareableLayout _layout;

    private ShareableList(SharedMemory memory, ShareableLayout layout)
    {
        SharedMemory = memory;
        _layout = layout;
    }

    /// <summary>The memory that holds the list.</summary>
    /// <remarks>Python: <c>ShareableList.shm</c>.</remarks>
    public SharedMemory SharedMemory { get; }

    /// <summary>The number of items, which never changes.</summary>
    /// <remarks>Python: <c>len(list)</c>.</remarks>
    public int Count => _layout.Count;

    /// <summary>The formats of all items, as CPython's <c>struct</c> module writes them.</summary>
    /// <value>Such as <c>8sdqxxxxxx?x</c>.</value>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    /// <remarks>Python: <c>ShareableList.format</c>.</remarks>
    public string Format
    {
        get
        {
            StringBuilder text = new();
            for (int i = 0; i < Count; i++)
            {
                _ = text.Append(FormatOf(i));
            }

            return text.ToString();
        }
    }

    /// <summary>An item.</summary>
    /// <param name="index">Which one: 0 to <see cref="Count"/> - 1, or from the end as in <c>list[^1]</c>.</param>
    /// <value>A <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, a new array of bytes, or <see langword="null"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ArgumentException">A list cannot hold the value, or its text or bytes do not fit in the slot. Nothing has changed.</exception>
    /// <exception cref="InvalidDataException">The item is damaged: it was being written, or CPython has cut text in the middle of a character.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    /// <remarks>Python: <c>list[index]</c>, where an index below 0 counts from the end.</remarks>
    public object? this[int index]
    {
        get
        {
            ThrowIfOutside(index);
            bool isRead = ShareableItem.TryRead(
                _layout.Slot(SharedMemory, index), _layout.Format(SharedMemory, index), _layout.Code(SharedMemory, index), out object? value);
            GC.KeepAlive(this);
            return isRead
                ? value
                : throw new InvalidDataException(
                    $"Reading item {index} of the ShareableList '{SharedMemory.Name}' failed: its content does not fit its format '{FormatOf(index)}'. " +
                    "Somebody is writing it just now (use a lock), CPython has cut a text in the middle of a character, or the memory is damaged.");
        }

        set
        {
            ThrowIfOutside(index);
            ShareableItem item = ShareableItem.Of(value);
            int room = _layout.Slot(SharedMemory, index).Length;
            if (item.Length > room)
            {
                throw new ArgumentException(
                    $"Item {index} of the ShareableList '{SharedMemory.Name}' cannot hold {item.Length} bytes: it has room for {room}, by what was in it when the list was made.",
                    nameof(value));
            }

            Store(SharedMemory, _layout, index, item);
            GC.KeepAlive(this);
        }
    }

    /// <summary>Makes a list.</summary>
    /// <param name="items">What is in it. Each item's slot has the size that the item needs.</param>
    /// <param name="name">The name of its memory, which nobody may have; <see langword="null"/> for a random one.</param>
    /// <param name="options">How the memory is made; <see langword="null"/> for the defaults.</param>
    /// <returns>The list, used by this process.</returns>
    /// <exception cref="ArgumentException">An item cannot be held, or the name cannot be one. Nothing was made.</exception>
    /// <exception cref="IOException">The name is taken, or there is no room. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <remarks>Python: <c>ShareableList(sequence, name=name)</c>, where a wrong type is a <c>KeyError</c>.</remarks>
    public static ShareableList Create(IEnumerable<object?> items, string? name = null, SharedMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ShareableItem[] taken = [.. items.Select(ShareableItem.Of)];
        foreach (ShareableItem item in taken)
        {
            _ = item.Format(item.SlotSize); // refuses what is too long before anything is made
        }

        ShareableLayout layout = ShareableLayout.Plan(taken);
        return new ShareableList(SharedMemory.Create(layout.Size, name, options, memory => Fill(memory, layout, taken)), layout);
    }

    /// <summary>Opens a list that another process, or this one, has made.</summary>
    /// <param name="name">The name of its memory.</param>
    /// <returns>The list, used by this process too.</returns>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="FileNotFoundException">There is no shared memory of that name.</exception>
    /// <exception cref="InvalidDataException">It is no list, or one of CPython 3.8, whose layout is another.</exception>
    /// <exception cref="IOException">It cannot be opened or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user of the system.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    /// <remarks>Python: <c>ShareableList(name=name)</c>.</remarks>
    public static ShareableList Open(string name) => In(SharedMemory.Open(name));

    /// <summary>How many items equal a value.</summary>
    /// <param name="value">The value; as in Python, 1, 1.0 and true are equal.</param>
    /// <returns>The number, 0 for a value of a type that a list cannot hold.</returns>
    /// <exception cref="InvalidDataException">An item is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    /// <remarks>Python: <c>ShareableList.count</c>.</remarks>
    public int CountOf(object? value) =>
        ShareableItem.TryOf(value, out ShareableItem item) ? this.Count(found => ShareableItem.AreEqual(found, item.Value)) : 0;

    /// <summary>Where the first item that equals a value is.</summary>
    /// <param name="value">The value; as in Python, 1, 1.0 and true are equal.</param>
    /// <returns>Its index, or -1 if there is none.</returns>
    /// <exception cref="InvalidDataException">An item is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    /// <remarks>Python: <c>ShareableList.index</c>, which throws a <c>ValueError</c> if there is none.</remarks>
    public int IndexOf(object? value)
    {
        if (!ShareableItem.TryOf(value, out ShareableItem item))
        {
            return -1;
        }

        for (int i = 0; i < Count; i++)
        {
            if (ShareableItem.AreEqual(this[i], item.Value))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Goes through the items, each read when it is its turn.</summary>
    /// <returns>The items in order.</returns>
    public IEnumerator<object?> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops using the list; the memory goes with its last user.</summary>
    /// <exception cref="InvalidOperationException">Somebody has the memory pinned. Nothing has changed.</exception>
    /// <remarks>Python: <c>list.shm.close()</c>.</remarks>
    public void Dispose() => SharedMemory.Dispose();

    /// <summary>The number of items and the name.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => $"ShareableList({Count} items, name='{SharedMemory.Name}')";

    void IHandleSendable<ShareableList>.WriteHandle(GraphEncoder encoder) => SharedMemory.WriteHandle(encoder);

    static ShareableList IHandleSendable<ShareableList>.ReadHandle(GraphDecoder decoder) => In(SharedMemory.ReadHandle(decoder));

    private static ShareableList In(SharedMemory memory)
    {
        try
        {
            return new ShareableList(memory, ShareableLayout.Read(memory));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static void Fill(SharedMemory memory, ShareableLayout layout, ShareableItem[] items)
    {
        layout.Write(memory);
        for (int i = 0; i < items.Length; i++)
        {
            Store(memory, layout, i, items[i]);
        }
    }

    // First what the content is, then the content, as CPython does it.
    private static void Store(SharedMemory memory, ShareableLayout layout, int index, ShareableItem item)
    {
        Span<byte> slot = layout.Slot(memory, index);
        string format = item.Format(slot.Length);
        Span<byte> stored = layout.Format(memory, index);
        stored.Clear();
        _ = Encoding.ASCII.GetBytes(format, stored);
        layout.Code(memory, index) = item.Code;
        item.Write(slot);
    }

    private string FormatOf(int index)
    {
        string format = Encoding.ASCII.GetString(_layout.Format(SharedMemory, index).TrimEnd((byte)0));
        GC.KeepAlive(this);
        return format;
    }

    private void ThrowIfOutside(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The ShareableList '{SharedMemory.Name}' has {Count} items.");
        }
    }
}
