using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>
/// The big buffers of one message, in an anonymous memory file whose descriptor travels with the frame: a large array is copied
/// once by the sender and once by the receiver, and never squeezes through a socket.
/// </summary>
/// <remarks>Format: for each buffer its length (8 bytes, little-endian), then its bytes.</remarks>
// Ownership
//   The sender's file belongs to the call and goes with it, so that the call can be sent again after a worker's death.
//   The receiver disposes its file once the message is decoded. The kernel frees the memory with the last descriptor.
internal sealed class BlobFile : IDisposable
{
    /// <summary>From this size on a buffer goes out of band; below, the socket is as fast and needs no extra system calls.</summary>
    public const int Threshold = 128 * 1024;

    // The kernel moves at most 2 GiB - 4 KiB in one call.
    private const int MaxTransfer = 1 << 30;

    private SafeFileHandle? _file;
    private long _length;
    private int _count;

    /// <summary>An empty one, to be filled through <see cref="Sink"/>.</summary>
    public BlobFile() => Sink = new Writer(this);

    private BlobFile(SafeFileHandle file, long length)
        : this()
    {
        _file = file;
        _length = length;
    }

    [MemberNotNullWhen(true, nameof(_file))]
    public bool IsUsed => _file is not null;

    public SafeFileHandle Handle => _file ?? throw new InvalidOperationException("No buffer was put into this file.");

    /// <param name="received">The descriptor that came; this object's from now on.</param>
    /// <exception cref="InvalidDataException">It is no file.</exception>
    public static BlobFile Open(SafeFileHandle received)
    {
        try
        {
            return new BlobFile(received, RandomAccess.GetLength(received));
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            received.Dispose();
            throw new InvalidDataException("What came as a message's out-of-band data is no memory file.", exception);
        }
    }

    /// <summary>Takes buffers in. Until the first comes there is no file.</summary>
    public BlobSink Sink { get; }

    /// <summary>Gives buffers out.</summary>
    /// <exception cref="SerializationException">The file is no such file.</exception>
    public BlobSource OpenSource() => new Reader(this);

    /// <summary>Forgets what was put in, as when the message could not be completed.</summary>
    public void Clear()
    {
        _file?.Dispose();
        _file = null;
        _length = 0;
        _count = 0;
    }

    public void Dispose() => Clear();

    private static SafeFileHandle Create()
    {
        SafeFileHandle file = Interop.Libc.memfd_create("telar-blobs", Interop.Libc.MFD_CLOEXEC);
        return file.IsInvalid ? throw NativeError.LastException("Making a memory file for a message's big buffers failed") : file;
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(file, destination[..Math.Min(destination.Length, MaxTransfer)], offset);
            if (count == 0)
            {
                throw new SerializationException($"The out-of-band data of a message ends at byte {offset}, {destination.Length} bytes early.");
            }

            destination = destination[count..];
            offset += count;
        }
    }

    private sealed class Writer(BlobFile owner) : BlobSink
    {
        internal override int Threshold => BlobFile.Threshold;

        internal override int Add(ReadOnlySpan<byte> content)
        {
            owner._file ??= Create();
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, content.Length);
            RandomAccess.Write(owner._file, length, owner._length);
            RandomAccess.Write(owner._file, content, owner._length + sizeof(long));
            owner._length += sizeof(long) + content.Length;
            return owner._count++;
        }
    }

    private sealed class Reader : BlobSource
    {
        private readonly BlobFile _owner;
        private readonly List<(long Offset, long Length)> _blobs = [];

        public Reader(BlobFile owner)
        {
            _owner = owner;
            Span<byte> head = stackalloc byte[sizeof(long)];
            for (long offset = 0; offset < owner._length;)
            {
                ReadExactly(owner.Handle, head, offset);
                long length = BinaryPrimitives.ReadInt64LittleEndian(head);
                offset += sizeof(long);
                if (length < 0 || length > owner._length - offset)
                {
                    throw new SerializationException(
                        $"Buffer {_blobs.Count} of a message's out-of-band data claims {length} bytes where {owner._length - offset} are left.");
                }

                _blobs.Add((offset, length));
                offset += length;
            }
        }

        internal override long TotalLength => _owner._length;

        internal override long GetLength(int index) => (uint)index < (uint)_blobs.Count ? _blobs[index].Length : -1;

        internal override void CopyTo(int index, Span<byte> destination)
        {
            ReadExactly(_owner.Handle, destination, _blobs[index].Offset);
        }
    }
}
