using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Telar.Internal.Framing;

namespace Telar.Serialization;

/// <summary>A growing buffer that payloads are written to. Little-endian throughout; lengths and ids are LEB128.</summary>
internal sealed class PayloadWriter : IBufferWriter<byte>, IDisposable
{
    private const int InitialLength = 1024;
    private const int GuidLength = 16;

    // A writer lives as long as its connection: after one huge message it must not keep the memory.
    private const int KeptLength = 1 << 20;

    private byte[] _buffer;
    private int _length;

    internal PayloadWriter(BlobSink? blobs = null)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
        Blobs = blobs;
    }

    internal BlobSink? Blobs { get; set; }

    internal int Length => _length;

    internal ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    internal ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _length);

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    internal void Reset()
    {
        _length = 0;
        if (_buffer.Length > KeptLength)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialLength);
        }
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_length);
    }

    /// <summary>Takes back everything after the first <paramref name="length"/> bytes.</summary>
    internal void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_length);
        _length = length;
    }

    internal void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    // Not one generic method: instances over numbers of the core library would be compiled at start-up, in every worker.
    internal void WriteInt16(short value)
    {
        Reserve(sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(_buffer.AsSpan(_length), value);
        _length += sizeof(short);
    }

    internal void WriteInt32(int value)
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length), value);
        _length += sizeof(int);
    }

    internal void WriteInt64(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_length), value);
        _length += sizeof(long);
    }

    internal void WriteGuid(Guid value)
    {
        Reserve(GuidLength);
        _ = value.TryWriteBytes(_buffer.AsSpan(_length));
        _length += GuidLength;
    }

    internal void WriteVar(ulong value)
    {
        Reserve(10);
        byte[] buffer = _buffer;
        int position = _length;
        while (value >= 0x80)
        {
            buffer[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[position++] = (byte)value;
        _length = position;
    }

    internal void WriteCount(int count) => WriteVar((uint)count);

    internal void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Writes a string that may be null. Every UTF-16 sequence survives, lone surrogates included.</summary>
    internal void WriteString(string? value)
    {
        if (value is null)
        {
            WriteVar(0);
            return;
        }

        // Most strings are ASCII, at half the size; the others go as they are in memory.
        bool wide = !Ascii.IsValid(value);
        WriteVar(((ulong)(uint)value.Length << 1 | (wide ? 1u : 0u)) + 1);
        if (wide)
        {
            WriteBytes(MemoryMarshal.AsBytes(value.AsSpan()));
            return;
        }

        Reserve(value.Length);
        _ = Ascii.FromUtf16(value, _buffer.AsSpan(_length), out int written);
        _length += written;
    }

    /// <summary>Writes a block whose length the reader knows already; a big one goes out of band.</summary>
    internal void WriteBlock(scoped ReadOnlySpan<byte> block)
    {
        if (Blobs is { } blobs && block.Length >= blobs.Threshold)
        {
            int index = blobs.Add(block);
            WriteByte(1);
            WriteVar((uint)index);
            return;
        }

        WriteByte(0);
        WriteBytes(block);
    }

    /// <summary>Opens a part that the reader can skip; <see cref="EndSection"/> fills in its length.</summary>
    internal int BeginSection()
    {
        WriteInt32(0);
        return _length;
    }

    internal void EndSection(int start) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start - sizeof(int)), _length - start);

    private void Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        long needed = (long)_length + count;
        if (needed > FrameHeader.MaxLength)
        {
            // Here and not where it is sent: what is too big is refused to whoever gave it.
            throw new SerializationException(
                $"The value needs more than {FrameHeader.MaxLength} bytes, the most that one message can hold beside its big arrays of "
                + "numbers, which do not count. Send it in parts, or leave it in a file or in shared memory and send the name.");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(FrameHeader.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
