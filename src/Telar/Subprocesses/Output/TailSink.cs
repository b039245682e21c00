namespace Telar.Subprocesses.Output;

/// <summary>Keeps the last bytes of a stream, in a ring that grows up to the limit.</summary>
/// <param name="limit">The most bytes to keep; 0 or above.</param>
/// <param name="options">How the bytes are read as text.</param>
internal sealed class TailSink(int limit, PopenOptions options) : OutputSink
{
    private byte[] _ring = [];
    private int _start;
    private int _count;
    private bool _isTruncated;

    /// <summary>How many bytes have come, kept or not.</summary>
    internal long Total { get; private set; }

    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        Total += bytes.Length;
        if (bytes.Length > limit)
        {
            _isTruncated = true;
            bytes = bytes[^limit..];
        }

        int dropped = (int)Math.Max(0, (long)_count + bytes.Length - limit);
        if (dropped > 0)
        {
            _isTruncated = true;
            _start = (_start + dropped) % _ring.Length;
            _count -= dropped;
        }

        Reserve(_count + bytes.Length);
        Append(bytes);
        return true;
    }

    internal override CapturedOutput Snapshot(bool isHeld = false) => new(InOrder(_count), options, _isTruncated, isHeld);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        int end = (_start + _count) % _ring.Length;
        int first = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        _count += bytes.Length;
    }

    private void Reserve(int needed)
    {
        if (needed > _ring.Length)
        {
            _ring = InOrder((int)Math.Min(limit, Math.Max(needed, 2L * _ring.Length)));
            _start = 0;
        }
    }

    private byte[] InOrder(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        int first = Math.Min(_count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(bytes);
        _ring.AsSpan(0, _count - first).CopyTo(bytes.AsSpan(first));
        return bytes;
    }
}
