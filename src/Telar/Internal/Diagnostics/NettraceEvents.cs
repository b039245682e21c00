namespace Telar.Internal.Diagnostics;

/// <summary>The events of one block of a nettrace file, whose heads say only what has changed since the event before.</summary>
/// <remarks>
/// <code>
/// byte of flags, then what they announce:
///   1  number of the metadata     2  sequence, capturing thread, processor     4  thread     8  number of the stack
///   (always) time since the event before
///  16  id of the activity (16 bytes)    32  id of the related one (16 bytes)   128  length of the content
/// then the content
/// </code>
/// Numbers are of seven bits a byte, the lowest first.
/// </remarks>
internal ref struct NettraceEvents(ReadOnlySpan<byte> events)
{
    private const int GuidSize = 16;

    private ReadOnlySpan<byte> _left = events;
    private int _length;

    public int Metadata { get; private set; }

    public long Thread { get; private set; }

    public int Stack { get; private set; }

    public ReadOnlySpan<byte> Content { get; private set; }

    public bool MoveNext()
    {
        if (_left.IsEmpty)
        {
            return false;
        }

        int flags = _left[0];
        _left = _left[1..];
        Metadata = Has(flags, 1) ? (int)Number() : Metadata;
        if (Has(flags, 2))
        {
            _ = Number();
            _ = Number();
            _ = Number();
        }

        Thread = Has(flags, 4) ? Number() : Thread;
        Stack = Has(flags, 8) ? (int)Number() : Stack;
        _ = Number();
        int guids = (Has(flags, 16) ? GuidSize : 0) + (Has(flags, 32) ? GuidSize : 0);
        _left = _left[guids..];
        _length = Has(flags, 128) ? (int)Number() : _length;
        Content = _left[.._length];
        _left = _left[_length..];
        return true;
    }

    private static bool Has(int flags, int flag) => (flags & flag) != 0;

    private long Number()
    {
        long value = 0;
        int shift = 0;
        byte part;
        do
        {
            part = _left[0];
            _left = _left[1..];
            value |= (long)(part & 0x7F) << shift;
            shift += 7;
        }
        while (part > 0x7F);
        return value;
    }
}
