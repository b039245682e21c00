using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Telar.Internal.Processes;

/// <summary>
/// An argv or envp: texts in native memory, made without a managed byte array a text. They are UTF-8; a lone U+DC80 to U+DCFF
/// stands for the byte 80 to FF, as Python writes bytes that are no text (surrogateescape).
/// </summary>
internal sealed unsafe class Utf8Table : IDisposable
{
    private const char EscapeBase = '\uDC00';
    private const char FirstEscaped = '\uDC80';
    private const char LastEscaped = '\uDCFF';
    private const byte EndOfName = (byte)'=';
    private const byte EndOfText = 0;

    private readonly string _owner;
    private byte* _text;
    private int _textLength;
    private int _textCapacity;

    // Offsets into _text until Seal makes them pointers: the text may move while it grows.
    private nint* _items;
    private int _itemCapacity;
    private bool _sealed;

    /// <summary>Makes an empty table.</summary>
    /// <param name="owner">The program that it is for, as messages name it.</param>
    /// <param name="items">How many texts are expected.</param>
    /// <param name="bytes">How many bytes are expected.</param>
    internal Utf8Table(string owner, int items, int bytes)
    {
        _owner = owner;
        _itemCapacity = items + 1;
        _textCapacity = Math.Max(bytes, 64);
        _items = (nint*)NativeMemory.Alloc((nuint)_itemCapacity, (nuint)sizeof(nint));
        _text = (byte*)NativeMemory.Alloc((nuint)_textCapacity);
    }

    ~Utf8Table() => Free();

    /// <summary>The number of texts.</summary>
    internal int Count { get; private set; }

    /// <summary>Appends a text.</summary>
    /// <param name="text">The text.</param>
    internal void Add(string text)
    {
        BeginItem();
        Append(text, EndOfText);
    }

    /// <summary>Appends <c>name=value</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    internal void Add(string name, string value)
    {
        BeginItem();
        Append(name, EndOfName);
        Append(value, EndOfText);
    }

    /// <summary>Ends the table.</summary>
    /// <returns>The pointers to the texts, and a null after them; valid until <see cref="Dispose"/>.</returns>
    internal byte** Seal()
    {
        if (!_sealed)
        {
            for (int i = 0; i < Count; i++)
            {
                _items[i] += (nint)_text;
            }

            _items[Count] = 0;
            _sealed = true;
        }

        return (byte**)_items;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void BeginItem()
    {
        // One place stays free for the null that ends the table.
        if (Count + 1 == _itemCapacity)
        {
            _itemCapacity *= 2;
            _items = (nint*)NativeMemory.Realloc(_items, (nuint)_itemCapacity * (nuint)sizeof(nint));
        }

        _items[Count++] = _textLength;
    }

    private void Append(ReadOnlySpan<char> text, byte end)
    {
        long most = (long)_textLength + Encoding.UTF8.GetMaxByteCount(text.Length) + sizeof(byte);
        if (most > _textCapacity)
        {
            if (most > int.MaxValue / 2)
            {
                throw new ArgumentException($"Cannot start '{_owner}': its arguments or its environment exceed a gigabyte.");
            }

            _textCapacity = (int)Math.Max(most, 2L * _textCapacity);
            _text = (byte*)NativeMemory.Realloc(_text, (nuint)_textCapacity);
        }

        while (!text.IsEmpty)
        {
            var room = new Span<byte>(_text + _textLength, _textCapacity - _textLength);
            OperationStatus status = Utf8.FromUtf16(text, room, out int read, out int written, replaceInvalidSequences: false);
            _textLength += written;
            text = text[read..];
            if (status == OperationStatus.InvalidData)
            {
                AppendLone(text[0]);
                text = text[1..];
            }
        }

        _text[_textLength++] = end;
    }

    // Half a pair of UTF-16 is no text. Python's file names and arguments have it for a byte that is no UTF-8.
    private void AppendLone(char half)
    {
        if (half is >= FirstEscaped and <= LastEscaped)
        {
            _text[_textLength++] = (byte)(half - EscapeBase);
        }
        else
        {
            "\uFFFD"u8.CopyTo(new Span<byte>(_text + _textLength, _textCapacity - _textLength));
            _textLength += 3;
        }
    }

    private void Free()
    {
        NativeMemory.Free(_items);
        NativeMemory.Free(_text);
        _items = null;
        _text = null;
    }
}
