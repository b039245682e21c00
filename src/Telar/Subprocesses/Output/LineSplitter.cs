using System.Diagnostics.CodeAnalysis;

namespace Telar.Subprocesses.Output;

/// <summary>Turns pieces of bytes into lines. It does no I/O and calls nobody; what it holds is at most one line and one piece.</summary>
/// <remarks>
/// A line ends at LF, CR LF or CR. A CR ends it at once, so that progress shown with CR comes when it is written; a LF that
/// follows then belongs to it, also when it is in a later piece.
/// </remarks>
/// <param name="options">How the bytes are read as text.</param>
internal sealed class LineSplitter(PopenOptions options)
{
    private const int LargestPiece = 4096;

    private readonly TextDecoder _decoder = new(options);

    // [_start, _scanned) is known to hold no end of a line, [_scanned, _end) has not been looked at.
    private char[] _chars = [];
    private int _start;
    private int _scanned;
    private int _end;
    private bool _lineFeedBelongsToLast;
    private bool _hasEnded;

    /// <summary>Takes in bytes. Take all lines out before the next call.</summary>
    /// <param name="bytes">The next bytes of the stream.</param>
    /// <returns>How many of them were taken in: the first ones, at least one.</returns>
    /// <exception cref="System.Text.DecoderFallbackException">They are not valid, and the rule is to be strict.</exception>
    internal int Append(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> taken = bytes[..Math.Min(bytes.Length, LargestPiece)];
        Decode(taken, flush: false);
        return taken.Length;
    }

    /// <summary>The stream has ended: what is left is a line too.</summary>
    /// <exception cref="System.Text.DecoderFallbackException">It ended within a character, and the rule is to be strict.</exception>
    internal void End()
    {
        _hasEnded = true;
        Decode([], flush: true);
    }

    /// <summary>Takes out the next line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <returns>Whether there was one.</returns>
    internal bool TryTake([NotNullWhen(true)] out string? line)
    {
        SkipLineFeed();
        int length = _chars.AsSpan(_scanned, _end - _scanned).IndexOfAny('\r', '\n');
        int end = length >= 0 ? _scanned + length : _end;
        if (length < 0 && !(_hasEnded && _start < _end))
        {
            _scanned = _end;
            line = null;
            return false;
        }

        line = new string(_chars, _start, end - _start);
        _lineFeedBelongsToLast = length >= 0 && _chars[end] == '\r';
        _start = _scanned = length >= 0 ? end + 1 : _end;
        return true;
    }

    private void SkipLineFeed()
    {
        if (_lineFeedBelongsToLast && _start < _end)
        {
            _lineFeedBelongsToLast = false;
            if (_chars[_start] == '\n')
            {
                _start++;
                _scanned = _start;
            }
        }
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        MakeRoom(_decoder.GetMaxCharCount(bytes.Length));
        _end += _decoder.Decode(bytes, _chars.AsSpan(_end), flush);
    }

    private void MakeRoom(int count)
    {
        int held = _end - _start;
        if (_chars.Length - _end < count)
        {
            char[] target = _chars.Length - held < count ? new char[Math.Max(held + count, 2 * held)] : _chars;
            _chars.AsSpan(_start, held).CopyTo(target);
            _chars = target;
            _scanned -= _start;
            _end = held;
            _start = 0;
        }
    }
}
