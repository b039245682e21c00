using System.Buffers;
using System.Buffers.Binary;

namespace Telar.Internal.Framing;

/// <summary>Cuts a byte stream into frames: bytes go in at the end, whole frames come out at the front.</summary>
/// <remarks>Pure: no socket. The memory of a frame is valid until the next call of <see cref="GetFree"/>.</remarks>
// Invariants
//   I1  0 <= _start <= _end <= _buffer.Length; the bytes between are received and not yet consumed.
//   I2  The buffer grows with the bytes that really came, at most doubling: a header that promises a gigabyte costs nothing
//       until the gigabyte arrives.
// Ownership
//   One thread at a time; the buffer is rented and goes back in Dispose.
internal sealed class FrameBuffer : IDisposable
{
    private const int InitialSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _start;
    private int _end;

    /// <summary>Received bytes that are not yet part of a frame taken.</summary>
    public int Count => _end - _start;

    /// <summary>Whether there is more than the next frame.</summary>
    public bool HoldsSeveralFrames => Count > FrameHeader.Size
        && Count - FrameHeader.Size > (uint)BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start));

    /// <summary>Free space to receive into; at least one byte, usually far more. Ends the validity of frames taken before.</summary>
    public Memory<byte> GetFree()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > 16 * InitialSize)
            {
                // One large frame must not pin its buffer for the rest of the connection's life.
                Replace(InitialSize);
            }
        }
        else if (_end == _buffer.Length)
        {
            if (_start >= _buffer.Length / 2)
            {
                _buffer.AsSpan(_start, Count).CopyTo(_buffer);
                (_start, _end) = (0, Count);
            }
            else
            {
                // The longest frame and its header are a little more than a power of two: the last doubling is none.
                Replace((int)Math.Min(_buffer.Length * 2L, FrameHeader.MaxLength + InitialSize + FrameHeader.Size));
            }
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Says that <paramref name="count"/> bytes were written into the space of <see cref="GetFree"/>.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - _end));
        _end += count;
    }

    /// <summary>Takes the next whole frame.</summary>
    /// <returns>False when the bytes received do not make a whole frame yet.</returns>
    /// <exception cref="InvalidDataException">The bytes are no frame; the stream is of no more use.</exception>
    public bool TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (Count < FrameHeader.Size)
        {
            header = default;
            return false;
        }

        header = FrameHeader.Read(_buffer.AsSpan(_start));
        if (Count - FrameHeader.Size < header.Length)
        {
            return false;
        }

        payload = _buffer.AsMemory(_start + FrameHeader.Size, header.Length);
        _start += FrameHeader.Size + header.Length;
        return true;
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Replace(int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, InitialSize));
        _buffer.AsSpan(_start, Count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (larger, 0, Count);
    }
}
