using System.Buffers;

namespace Telar.Multiprocessing;

/// <summary>Puts one message after another together from the bytes that come, and never asks for a byte of the next one.</summary>
/// <remarks>
/// Pure: no socket. It stops at the end of a message so that nothing of a connection lies in this process when the connection is handed
/// to another, or waited for by its descriptor.
/// </remarks>
// State machine
//
//              header whole            BeginPayload           last byte
//   Header --------------------> Sized ------------> Payload ----------> Complete (empty payloads at once)
//      ^                                                                    |
//      +------------------------------ Take..., Drop -----------------------+
//
// Invariants
//   I1  GetFree never reaches beyond the message.
//   I2  Memory grows with the bytes that really came, at most doubling, once a message is longer than FirstReservation: a header that
//       promises a gigabyte costs little until the gigabyte arrives. Who calls BeginPayload has compared Length with what is allowed.
// Ownership
//   One thread at a time. A shared buffer is rented, serves many messages and goes back in Dispose; one of a caller's own is made for a
//   message and leaves with it.
internal sealed class IncomingMessage : IDisposable
{
    private const int FirstReservation = 64 << 20;
    private const int KeptSize = 1 << 20;

    private readonly byte[] _header = new byte[MessageHeader.LongSize];
    private int _headerCount;
    private int _headerMissing = MessageHeader.ShortSize;
    private ulong _length;
    private byte[] _shared = [];
    private byte[]? _payload;
    private int _filled;

    /// <summary>Whether nothing of the next message has come.</summary>
    internal bool IsEmpty => _headerCount == 0;

    /// <summary>Whether the length of the message is known.</summary>
    internal bool IsSized => _headerMissing == 0;

    /// <summary>Whether <see cref="BeginPayload"/> was called for this message.</summary>
    internal bool HasPayload => _payload is not null;

    /// <summary>Whether all of the message is there.</summary>
    internal bool IsComplete => HasPayload && (ulong)_filled == _length;

    /// <summary>The length in bytes that the header says. Unchecked input.</summary>
    internal ulong Length => _length;

    /// <summary>How far the message has come, for people.</summary>
    internal string Progress => IsSized ? $"{_filled} of {_length} bytes" : $"{_headerCount} bytes of the header";

    /// <summary>The message, when it is complete; valid until it is taken or dropped.</summary>
    internal ReadOnlyMemory<byte> View => _payload.AsMemory(0, _filled);

    /// <summary>Makes room for a message whose length is known and not too much.</summary>
    /// <param name="own">Whether the bytes go to the caller as an array of their own, which saves a copy.</param>
    internal void BeginPayload(bool own)
    {
        int room = (int)Math.Min(_length, FirstReservation);
        if (own)
        {
            _payload = room == 0 ? [] : GC.AllocateUninitializedArray<byte>(room);
            return;
        }

        if (_shared.Length < room)
        {
            Return(_shared);
            _shared = [];
            _shared = ArrayPool<byte>.Shared.Rent(room);
        }

        _payload = _shared;
    }

    /// <summary>Where the next bytes of this message go; not empty until it is complete.</summary>
    internal Span<byte> GetFree()
    {
        if (!IsSized)
        {
            return _header.AsSpan(_headerCount, _headerMissing);
        }

        byte[] payload = _payload ?? throw new InvalidOperationException("BeginPayload comes first.");
        if (_filled == payload.Length)
        {
            Grow(payload);
        }

        return _payload.AsSpan(_filled, (int)Math.Min((ulong)(_payload.Length - _filled), _length - (ulong)_filled));
    }

    /// <summary>Says that <paramref name="count"/> bytes were written into the space of <see cref="GetFree"/>.</summary>
    /// <exception cref="InvalidDataException">They are no header; the stream cannot be read on.</exception>
    internal void Advance(int count)
    {
        if (IsSized)
        {
            _filled += count;
            return;
        }

        _headerCount += count;
        _headerMissing = MessageHeader.Read(_header.AsSpan(0, _headerCount), out _length);
    }

    /// <summary>Takes the complete message out as an array.</summary>
    internal byte[] Take()
    {
        byte[] payload = _payload ?? throw new InvalidOperationException("No message is complete.");
        byte[] message = payload.Length == _filled && !ReferenceEquals(payload, _shared) ? payload : View.ToArray();
        Drop();
        return message;
    }

    /// <summary>Lets go of the complete message.</summary>
    internal void Drop()
    {
        (_headerCount, _headerMissing, _length, _payload, _filled) = (0, MessageHeader.ShortSize, 0, null, 0);
        if (_shared.Length > KeptSize)
        {
            // One large message must not pin its buffer for the rest of the connection's life.
            Return(_shared);
            _shared = [];
        }
    }

    /// <summary>Gives back the shared buffer.</summary>
    public void Dispose()
    {
        _payload = null;
        Return(_shared);
        _shared = [];
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Grow(byte[] full)
    {
        int size = (int)Math.Min(_length, Math.Min((ulong)full.Length * 2, (ulong)Array.MaxLength));
        bool isShared = ReferenceEquals(full, _shared);
        byte[] larger = isShared ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        full.CopyTo(larger, 0);
        if (isShared)
        {
            Return(full);
            _shared = larger;
        }

        _payload = larger;
    }
}
