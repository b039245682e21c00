using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Telar.Multiprocessing;

/// <summary>One item of a <see cref="ShareableList"/>: what it is in .NET, and how CPython's <c>struct</c> module lays it out.</summary>
/// <remarks>
/// The formats are CPython's, with one addition: <c>5sx</c> is text or bytes whose last byte is 0 and of which every byte counts. CPython
/// reads it too, but drops zeros at the end whatever the format is.
/// </remarks>
internal readonly struct ShareableItem
{
    /// <summary>Slots begin at multiples of this, and are no smaller.</summary>
    internal const int Alignment = 8;

    /// <summary>The bytes that a format takes in the list.</summary>
    internal const int FormatSize = 8;

    private const string IntFormat = "q";
    private const string FloatFormat = "d";
    private const string BoolFormat = "xxxxxxx?";
    private const string NoneFormat = "xxxxxx?x";

    // How CPython makes a value of what it has unpacked: as it is; without zeros at the end, as text or bytes; None.
    private const byte AsItIs = 0;
    private const byte AsText = 1;
    private const byte AsBytes = 2;
    private const byte AsNone = 3;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The bytes of text and of bytes; null for the others, which take eight bytes.
    private readonly byte[]? _bytes;

    private ShareableItem(object? value, byte code, byte[]? bytes = null)
    {
        Value = value;
        Code = code;
        _bytes = bytes;
    }

    /// <summary>Null, a <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or an array of bytes.</summary>
    internal object? Value { get; }

    /// <summary>How CPython makes a value of it.</summary>
    internal byte Code { get; }

    /// <summary>The bytes that the content needs.</summary>
    internal int Length => _bytes?.Length ?? Alignment;

    /// <summary>The size of a new slot: as CPython's, with bytes instead of characters counted, so that all text fits.</summary>
    internal int SlotSize => _bytes is null ? Alignment : Alignment * ((_bytes.Length / Alignment) + 1);

    /// <summary>Takes a value.</summary>
    /// <exception cref="ArgumentException">A list cannot hold it; the message says why.</exception>
    internal static ShareableItem Of(object? value) =>
        TryOf(value, out ShareableItem item) ? item
        : value is ulong or nuint or Int128 or UInt128 or System.Numerics.BigInteger
            ? throw new ArgumentException($"A ShareableList cannot hold {value}: its integers have 64 bits with a sign.", nameof(value))
        : throw new ArgumentException(
            $"A ShareableList cannot hold a {value!.GetType()}: only integers, double, bool, string, byte[] and null. Store its parts, or its text.", // not null: null can be held
            nameof(value));

    /// <summary>Takes a value, if a list can hold it.</summary>
    internal static bool TryOf(object? value, out ShareableItem item)
    {
        ShareableItem? found = value switch
        {
            null => new ShareableItem(null, AsNone),
            bool => new ShareableItem(value, AsItIs),
            double => new ShareableItem(value, AsItIs),
            float number => new ShareableItem((double)number, AsItIs),
            Half number => new ShareableItem((double)number, AsItIs),
            string text => new ShareableItem(text, AsText, s_utf8.GetBytes(text)),
            byte[] bytes => new ShareableItem(bytes, AsBytes, bytes),
            _ when Integer(value) is { } number => new ShareableItem(number, AsItIs),
            _ => null,
        };
        item = found ?? default;
        return found is not null;
    }

    /// <summary>The format of the item in a slot.</summary>
    /// <param name="slotSize">The size of the slot, not below <see cref="Length"/>.</param>
    /// <exception cref="ArgumentException">The item is too long for the eight characters that a format has.</exception>
    internal string Format(int slotSize)
    {
        if (_bytes is null)
        {
            return Value switch { null => NoneFormat, bool => BoolFormat, long => IntFormat, _ => FloatFormat };
        }

        string format = _bytes is [.., 0]
            ? string.Create(CultureInfo.InvariantCulture, $"{_bytes.Length}sx")
            : string.Create(CultureInfo.InvariantCulture, $"{slotSize}s");
        return format.Length <= FormatSize
            ? format
            : throw new ArgumentException($"A ShareableList cannot hold an item of {_bytes.Length} bytes: ten million are too many, one million if it ends with a zero.");
    }

    /// <summary>Writes the content.</summary>
    internal void Write(Span<byte> slot)
    {
        if (_bytes is not null)
        {
            _bytes.CopyTo(slot);
            slot[_bytes.Length..].Clear();
            return;
        }

        slot[..Alignment].Clear();
        switch (Value)
        {
            case long number:
                MemoryMarshal.Write(slot, number);
                break;
            case double number:
                MemoryMarshal.Write(slot, number);
                break;
            case true:
                slot[Alignment - 1] = 1;
                break;
        }
    }

    /// <summary>Reads a slot.</summary>
    /// <param name="slot">The content.</param>
    /// <param name="format">The eight bytes of the format.</param>
    /// <param name="code">How CPython makes a value of it.</param>
    /// <param name="value">The value.</param>
    /// <returns>False: the three do not fit together.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> slot, ReadOnlySpan<byte> format, byte code, out object? value)
    {
        format = format.TrimEnd((byte)0);
        switch (code)
        {
            case AsNone:
                value = null;
                return true;
            case AsItIs when format.SequenceEqual("q"u8):
                value = MemoryMarshal.Read<long>(slot);
                return true;
            case AsItIs when format.SequenceEqual("d"u8):
                value = MemoryMarshal.Read<double>(slot);
                return true;
            case AsItIs when format.SequenceEqual("xxxxxxx?"u8):
                value = slot[Alignment - 1] != 0;
                return true;
            case AsText or AsBytes:
                return TryReadBytes(slot, format, code, out value);
            default:
                value = null;
                return false;
        }
    }

    /// <summary>Whether two values are the same to Python, where 1, 1.0 and True are.</summary>
    internal static bool AreEqual(object? one, object? other) => (Number(one), Number(other)) switch
    {
        (long a, long b) => a == b,
        (double a, double b) => a == b,
        (long a, double b) => AreEqual(a, b),
        (double a, long b) => AreEqual(b, a),
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (var a, var b) => Equals(a, b),
    };

    private static bool TryReadBytes(ReadOnlySpan<byte> slot, ReadOnlySpan<byte> format, byte code, out object? value)
    {
        value = null;
        bool isExact = format is [.., (byte)'s', (byte)'x'];
        if (!Utf8Parser.TryParse(format, out int length, out int digits) || length < 0 || length > slot.Length
            || !format[digits..].SequenceEqual(isExact ? "sx"u8 : "s"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = slot[..length];
        bytes = isExact ? bytes : bytes.TrimEnd((byte)0);
        try
        {
            value = code == AsText ? s_utf8.GetString(bytes) : bytes.ToArray();
            return true;
        }
        catch (DecoderFallbackException)
        {
            // CPython counts characters when it makes a slot, and cuts longer text in the middle of one.
            return false;
        }
    }

    private static long? Integer(object value) => value switch
    {
        long number => number,
        int number => number,
        uint number => number,
        short number => number,
        ushort number => number,
        sbyte number => number,
        byte number => number,
        nint number => number,
        ulong number when number <= long.MaxValue => (long)number,
        nuint number when (ulong)number <= long.MaxValue => (long)number,
        _ => null,
    };

    private static object? Number(object? value) => value is bool truth ? truth ? 1L : 0L : value;

    // Neither is converted to the other's type, which would round.
    private static bool AreEqual(long integer, double number) =>
        number is >= long.MinValue and < -(double)long.MinValue && double.IsInteger(number) && (long)number == integer;
}
