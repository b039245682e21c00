using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Framing;

/// <summary>Frames that leave one after another, in one buffer, and the descriptors that go with some of them.</summary>
// Ownership
//   An Outbox's; not thread-safe. Buffers are rented and go back when they are big or the next ones are appended; a part that is dropped
//   leaves a small one to the garbage collector. It holds a reference to each descriptor until that has left.
internal sealed class OutboxPart
{
    private const int InitialSize = 4096;
    private const int KeptSize = 1 << 20;

    private readonly Queue<(int Position, SafeFileHandle Blobs)> _marks = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);

    /// <summary>How many bytes it has.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes(int start, int end) => _buffer.AsSpan(start, end - start);

    /// <summary>Adds a frame; <paramref name="payload"/> is copied.</summary>
    public void Append(FrameHeader header, ReadOnlySpan<byte> payload, SafeFileHandle? blobs)
    {
        int needed = checked(Length + FrameHeader.Size + payload.Length);
        if (needed > _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(_buffer.Length * 2L, Outbox.LargestPart)));
            Bytes(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        if (blobs is not null)
        {
            // A reference of our own: the call may end, and dispose its data, before the frame has left.
            bool added = false;
            blobs.DangerousAddRef(ref added);
            _marks.Enqueue((Length, blobs));
        }

        header.Write(_buffer.AsSpan(Length));
        payload.CopyTo(_buffer.AsSpan(Length + FrameHeader.Size));
        Length = needed;
    }

    /// <summary>What to send next from a position: the descriptor that goes with the byte there, and where the next one's frame begins.</summary>
    public SafeFileHandle? BlobsAt(int position, out int end)
    {
        SafeFileHandle? blobs = null;
        end = Length;
        foreach ((int start, SafeFileHandle descriptor) in _marks)
        {
            if (start != position)
            {
                // The next frame with a descriptor begins a transmission of its own.
                end = start;
                break;
            }

            blobs = descriptor;
        }

        return blobs;
    }

    /// <summary>Lets go of the descriptor that has left.</summary>
    public void ReleaseBlobs() => _marks.Dequeue().Blobs.DangerousRelease();

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Length = 0;
        while (_marks.Count > 0)
        {
            ReleaseBlobs();
        }

        if (_buffer.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
        }
    }
}
