using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>
/// The big buffers of one message, in an anonymous memory file whose descriptor travels with the frame: a large array is copied
/// once by the sender and once by the receiver, and never squeezes through a socket.
/// </summary>
/// <remarks>
/// Format: how many bytes are in use (8, little-endian, these included), then for each buffer its length (8) and its bytes. The
/// file may be longer than what is in use: the pages of an earlier message are used again, because getting fresh ones from the
/// kernel costs more than copying into them.
/// </remarks>
// Ownership
//   The sender's file belongs to the call and stays with it, so that the call can be sent again after a worker's death; after
//   the call it may serve the next (BlobFileCache). A worker may answer in the file that came, when the parent said so.
//   The kernel frees the memory with the last descriptor.
internal sealed class BlobFile : IDisposable
{
    /// <summary>From this size on a buffer goes out of band; below, the socket is as fast and needs no extra system calls.</summary>
    public const int Threshold = 128 * 1024;

    private const int PrefixSize = sizeof(long);

    // The kernel moves at most 2 GiB - 4 KiB in one call.
    private const int MaxTransfer = 1 << 30;

    private SafeFileHandle? _file;
    private long _used;
    private int _count;

    /// <summary>An empty one, to be filled through <see cref="Sink"/>.</summary>
    public BlobFile() => Sink = new Writer(this);

    /// <summary>Whether there are buffers in it.</summary>
    public bool HasContent => _count > 0;

    /// <summary>How much memory the file holds.</summary>
    public long Capacity => _file is null ? 0 : RandomAccess.GetLength(_file);

    /// <summary>The descriptor to send with the frame, after <see cref="Seal"/>.</summary>
    public SafeFileHandle Handle => _file ?? throw new InvalidOperationException("No buffer was put into this file.");

    /// <summary>Takes buffers in. Until the first comes there is no file.</summary>
    public BlobSink Sink { get; }

    /// <summary>Takes over what came with a frame.</summary>
    /// <param name="received">The descriptor; this object's from now on.</param>
    public static BlobFile Open(SafeFileHandle received) => new() { _file = received };

    /// <summary>Gives out the buffers of a file that was received.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public BlobSource OpenSource()
    {
        try
        {
            return new Reader(this);
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new InvalidDataException("What came as a message's out-of-band data is no memory file.", exception);
        }
    }

    /// <summary>Writes down how much is in use: the last step before the file is sent.</summary>
    public void Seal()
    {
        Span<byte> used = stackalloc byte[PrefixSize];
        BinaryPrimitives.WriteInt64LittleEndian(used, _used);
        RandomAccess.Write(Handle, used, 0);
    }

    /// <summary>Forgets what was put in and keeps the memory.</summary>
    public void Reset()
    {
        _used = 0;
        _count = 0;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        Reset();
    }

    private static SafeFileHandle Create()
    {
        SafeFileHandle file = Interop.Libc.memfd_create("telar-blobs", Interop.Libc.MFD_CLOEXEC);
        return file.IsInvalid ? throw NativeError.LastException("Making a memory file for a message's big buffers failed") : file;
    }

    private sealed class Writer(BlobFile owner) : BlobSink
    {
        internal override int Threshold => BlobFile.Threshold;

        internal override int Add(ReadOnlySpan<byte> content)
        {
            owner._file ??= Create();
            owner._used = Math.Max(owner._used, PrefixSize);
            Span<byte> length = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(length, content.Length);
            RandomAccess.Write(owner._file, length, owner._used);
            RandomAccess.Write(owner._file, content, owner._used + sizeof(long));
            owner._used += sizeof(long) + content.Length;
            return owner._count++;
        }
    }

    private sealed class Reader : BlobSource
    {
        private readonly SafeFileHandle _file;
        private readonly List<(long Offset, long Length)> _blobs = [];

        public Reader(BlobFile owner)
        {
            _file = owner.Handle;
            long size = RandomAccess.GetLength(_file);
            long used = size < PrefixSize ? -1 : ReadNumber(0);
            if (used < PrefixSize || used > size)
            {
                throw new InvalidDataException($"A message's out-of-band data says that {used} of {size} bytes are in use.");
            }

            for (long offset = PrefixSize; offset < used;)
            {
                long length = used - offset < sizeof(long) ? -1 : ReadNumber(offset);
                offset += sizeof(long);
                if (length < 0 || length > used - offset)
                {
                    throw new InvalidDataException(
                        $"Buffer {_blobs.Count} of a message's out-of-band data claims {length} bytes where {used - offset} are left.");
                }

                _blobs.Add((offset, length));
                TotalLength += length;
                offset += length;
            }
        }

        internal override long TotalLength { get; }

        internal override long GetLength(int index) => (uint)index < (uint)_blobs.Count ? _blobs[index].Length : -1;

        internal override void CopyTo(int index, Span<byte> destination) => ReadExactly(destination, _blobs[index].Offset);

        private long ReadNumber(long offset)
        {
            Span<byte> number = stackalloc byte[sizeof(long)];
            ReadExactly(number, offset);
            return BinaryPrimitives.ReadInt64LittleEndian(number);
        }

        private void ReadExactly(Span<byte> destination, long offset)
        {
            while (!destination.IsEmpty)
            {
                int count = RandomAccess.Read(_file, destination[..Math.Min(destination.Length, MaxTransfer)], offset);
                if (count == 0)
                {
                    throw new InvalidDataException($"The out-of-band data of a message ends at byte {offset}, {destination.Length} bytes early.");
                }

                destination = destination[count..];
                offset += count;
            }
        }
    }
}
