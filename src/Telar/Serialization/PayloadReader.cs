using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Telar.Serialization;

/// <summary>Reads what a <see cref="PayloadWriter"/> wrote. Every read is checked: the bytes may be damaged or hostile.</summary>
internal sealed class PayloadReader
{
    private byte[] _buffer = [];
    private int _origin;
    private int _position;
    private int _end;

    internal PayloadReader(ReadOnlyMemory<byte> payload, BlobSource? blobs = null)
    {
        Blobs = blobs;
        Reset(payload);
    }

    private PayloadReader(PayloadReader outer, int length)
    {
        Blobs = outer.Blobs;
        _buffer = outer._buffer;
        _origin = outer._origin;
        _position = outer._position;
        _end = outer._position + length;
    }

    internal BlobSource? Blobs { get; set; }

    /// <summary>How far the reader is, counted from the beginning of the payload.</summary>
    internal int Offset => _position - _origin;

    internal int Remaining => _end - _position;

    /// <summary>Begins anew with another payload. The memory must not change until it is read; unmanaged memory is copied.</summary>
    internal void Reset(ReadOnlyMemory<byte> payload)
    {
        if (!MemoryMarshal.TryGetArray(payload, out ArraySegment<byte> segment))
        {
            segment = payload.ToArray();
        }

        _buffer = segment.Array ?? [];
        _origin = segment.Offset;
        _position = segment.Offset;
        _end = segment.Offset + segment.Count;
    }

    internal byte ReadByte()
    {
        if (_position >= _end)
        {
            throw Truncated(1);
        }

        return _buffer[_position++];
    }

    internal short ReadInt16() => BinaryPrimitives.ReadInt16LittleEndian(ReadBytes(sizeof(short)));

    internal int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(sizeof(int)));

    internal long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(sizeof(long)));

    internal Guid ReadGuid() => new(ReadBytes(16));

    internal ulong ReadVar()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift == 63 && next > 1 ? throw Invalid("a number of at most 64 bits") : value;
            }
        }

        throw Invalid("a number of at most 64 bits");
    }

    /// <summary>Reads an index below <paramref name="limit"/>.</summary>
    internal int ReadIndex(int limit, string of)
    {
        ulong value = ReadVar();
        return value < (ulong)limit ? (int)value : throw Invalid($"an index of one of {limit} {of}, not {value}");
    }

    /// <summary>Reads how many items follow. Each of them takes a byte or more, which bounds what is allocated for them.</summary>
    internal int ReadCount(int itemSize = 1)
    {
        ulong count = ReadVar();
        if (count > (ulong)(Remaining / itemSize))
        {
            throw Invalid($"at most {Remaining / itemSize} items of {itemSize} or more bytes in the rest of the payload, not {count}");
        }

        return (int)count;
    }

    internal ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw Truncated(count);
        }

        var bytes = new ReadOnlySpan<byte>(_buffer, _position, count);
        _position += count;
        return bytes;
    }

    internal string? ReadString()
    {
        ulong header = ReadVar();
        if (header == 0)
        {
            return null;
        }

        header--;
        bool wide = (header & 1) != 0;
        ulong length = header >> 1;
        if (length > (ulong)(wide ? Remaining / sizeof(char) : Remaining))
        {
            throw Invalid($"a string that fits in the {Remaining} bytes left, not one of {length} characters");
        }

        if (!wide)
        {
            ReadOnlySpan<byte> ascii = ReadBytes((int)length);
            return Ascii.IsValid(ascii) ? Encoding.ASCII.GetString(ascii) : throw Invalid("ASCII text");
        }

        return new string(MemoryMarshal.Cast<byte, char>(ReadBytes((int)length * sizeof(char))));
    }

    internal string ReadText() => ReadString() ?? throw Invalid("a string, not null");

    internal bool ReadBoolean()
    {
        byte value = ReadByte();
        return value <= 1 ? value != 0 : throw Invalid($"0 or 1, not {value}");
    }

    /// <summary>Says, before anything is allocated for it, whether a block of <paramref name="length"/> bytes really follows.</summary>
    /// <returns>The index of its buffer out of band, or -1 if it is here.</returns>
    internal int ReadBlockHead(long length)
    {
        if (!ReadBoolean())
        {
            return length <= Remaining ? -1 : throw Truncated(length);
        }

        ulong index = ReadVar();
        if (Blobs is not { } blobs)
        {
            throw Invalid("a block in place, since no buffers came beside this payload");
        }

        long actual = index <= int.MaxValue ? blobs.GetLength((int)index) : -1;
        return actual == length ? (int)index : throw Invalid($"buffer {index} to have {length} bytes, not {actual}");
    }

    internal void ReadBlock(int blob, Span<byte> destination)
    {
        if (blob < 0)
        {
            ReadBytes(destination.Length).CopyTo(destination);
        }
        else
        {
            Blobs!.CopyTo(blob, destination); // not null: ReadBlockHead looked
        }
    }

    /// <summary>Takes the next part, written between <see cref="PayloadWriter.BeginSection"/> and <c>EndSection</c>, as a reader of its own.</summary>
    internal PayloadReader ReadSection()
    {
        int length = ReadInt32();
        if ((uint)length > (uint)Remaining)
        {
            throw Invalid($"a part that fits in the {Remaining} bytes left, not one of {length} bytes");
        }

        var section = new PayloadReader(this, length);
        _position += length;
        return section;
    }

    /// <summary>Gives the last <paramref name="count"/> bytes that were read to a reader of its own, which reports the same offsets.</summary>
    internal PayloadReader Again(int count)
    {
        var again = new PayloadReader(this, 0) { _position = _position - count };
        return again;
    }

    internal SerializationException Invalid(string expected, Exception? innerException = null) =>
        new($"Cannot read the payload at offset {Offset}: expected {expected}. It was damaged on the way, or does not come from Telar.", innerException);

    private SerializationException Truncated(long count) => Invalid($"{count} more bytes, but only {Remaining} are left");
}
