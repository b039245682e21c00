using System.Buffers;

namespace Telar.Subprocesses.Output;

/// <summary>Keeps the first bytes of a stream, in pieces: a buffer that doubles would copy everything again and again.</summary>
internal sealed class CaptureSink : OutputSink
{
    private const int LargestPiece = 1024 * 1024;

    // Less room than this at the end of a piece is given up, rather than read in small portions.
    private const int LeastRead = 4096;

    private readonly int _limit;
    private readonly bool _keepsFirst;
    private readonly PopenOptions _options;

    // The full pieces. They are never written again, so snapshots share them.
    private readonly List<ReadOnlyMemory<byte>> _full = [];
    private byte[]? _piece;
    private int _used;
    private int _total;
    private bool _isTruncated;

    /// <summary>A capture.</summary>
    /// <param name="limit">The most bytes to keep.</param>
    /// <param name="keepsFirst">Whether more than that is dropped; otherwise it stops the child.</param>
    /// <param name="options">How the bytes are read as text.</param>
    internal CaptureSink(int limit, bool keepsFirst, PopenOptions options)
    {
        _limit = limit;
        _keepsFirst = keepsFirst;
        _options = options;
    }

    // The first piece is on loan from the pool, so that a small output costs no more than itself.
    private bool IsFirstPiece => _full.Count == 0;

    internal override Memory<byte> GetMemory()
    {
        if (_piece is null)
        {
            _piece = ArrayPool<byte>.Shared.Rent(BufferSize);
        }
        else if (_piece.Length - _used < LeastRead)
        {
            StartPiece();
        }

        return _piece.AsMemory(_used);
    }

    internal override bool Advance(int count)
    {
        int kept = Math.Min(count, _limit - _total);
        _used += kept;
        _total += kept;
        if (kept == count)
        {
            return true;
        }

        _isTruncated = true;
        return _keepsFirst;
    }

    internal override ValueTask<bool> AdvanceAsync(int count, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Advance(count));

    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Memory<byte> memory = GetMemory();
            int count = Math.Min(bytes.Length, memory.Length);
            bytes[..count].CopyTo(memory.Span);
            if (!Advance(count))
            {
                return false;
            }

            bytes = bytes[count..];
        }

        return true;
    }

    internal override CapturedOutput Snapshot(bool isHeld = false)
    {
        ReadOnlyMemory<byte> last = IsFirstPiece ? _piece.AsSpan(0, _used).ToArray() : _piece.AsMemory(0, _used);
        return new CapturedOutput([.. _full, last], _options, _isTruncated, isHeld);
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_piece is not null && IsFirstPiece)
        {
            ArrayPool<byte>.Shared.Return(_piece);
            _piece = null;
            _used = 0;
        }
    }

    private void StartPiece()
    {
        byte[] ended = _piece!; // the caller has found it full
        if (IsFirstPiece)
        {
            _full.Add(ended.AsSpan(0, _used).ToArray());
            ArrayPool<byte>.Shared.Return(ended);
        }
        else
        {
            _full.Add(ended.AsMemory(0, _used));
        }

        _piece = GC.AllocateUninitializedArray<byte>(Math.Clamp(_total, BufferSize, LargestPiece));
        _used = 0;
    }
}
