using System.Text;
using Telar.Subprocesses.Output;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Reads what a child writes as text, by the encoding, the rule for errors and the line ends of its options.</summary>
/// <remarks>Reads ahead what is there, and never waits for more than was asked for. For one thread at a time.</remarks>
internal sealed class ChildTextReader : TextReader
{
    private const int BytesAtOnce = 4096;

    private readonly Stream _stream;
    private readonly PopenOptions _options;
    private readonly TextDecoder _decoder;
    private readonly byte[] _bytes = new byte[BytesAtOnce];
    private readonly char[] _chars;
    private int _next;
    private int _end;
    private bool _isAtEnd;
    private bool _followsReturn;

    /// <summary>A reader at the start of a stream.</summary>
    /// <param name="stream">The stream; it stays its owner's.</param>
    /// <param name="options">The encoding and the rules.</param>
    internal ChildTextReader(Stream stream, PopenOptions options)
    {
        _stream = stream;
        _options = options;
        _decoder = new TextDecoder(options);
        _chars = new char[_decoder.GetMaxCharCount(BytesAtOnce)];
    }

    /// <summary>The bytes of what was read ahead and not handed out; they are the caller's from now on.</summary>
    /// <returns>The bytes.</returns>
    internal byte[] TakeUnread()
    {
        string unread = new(_chars.AsSpan(_next.._end));
        _next = _end = 0;
        return unread.Length == 0 ? [] : InputText.Encode(unread, _options.Encoding, _options.Errors);
    }

    public override int Peek() => _next < _end || Fill() ? _chars[_next] : -1;

    public override int Read() => _next < _end || Fill() ? _chars[_next++] : -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer) => buffer.IsEmpty || !(_next < _end || Fill()) ? 0 : Take(buffer);

    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty || !(_next < _end || await FillAsync(cancellationToken).ConfigureAwait(false)) ? 0 : Take(buffer.Span);

    public override Task<int> ReadAsync(char[] buffer, int index, int count) => ReadAsync(buffer.AsMemory(index, count)).AsTask();

    public override ValueTask<int> ReadBlockAsync(Memory<char> buffer, CancellationToken cancellationToken = default) =>
        ReadWholeAsync(buffer, cancellationToken);

    public override Task<int> ReadBlockAsync(char[] buffer, int index, int count) =>
        ReadWholeAsync(buffer.AsMemory(index, count), CancellationToken.None).AsTask();

    public override string? ReadLine()
    {
        StringBuilder? begun = null;
        while (_next < _end || Fill())
        {
            if (TakeLine(ref begun, out string? line))
            {
                DropLineFeed(line);
                return line;
            }
        }

        return begun?.ToString();
    }

    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        StringBuilder? begun = null;
        while (_next < _end || await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            if (TakeLine(ref begun, out string? line))
            {
                DropLineFeed(line);
                return line;
            }
        }

        return begun?.ToString();
    }

    public override Task<string?> ReadLineAsync() => ReadLineAsync(CancellationToken.None).AsTask();

    public override string ReadToEnd()
    {
        var text = new StringBuilder();
        while (_next < _end || Fill())
        {
            text.Append(_chars, _next, _end - _next);
            _next = _end;
        }

        return text.ToString();
    }

    public override async Task<string> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (_next < _end || await FillAsync(cancellationToken).ConfigureAwait(false))
        {
            text.Append(_chars, _next, _end - _next);
            _next = _end;
        }

        return text.ToString();
    }

    public override Task<string> ReadToEndAsync() => ReadToEndAsync(CancellationToken.None);

    private async ValueTask<int> ReadWholeAsync(Memory<char> buffer, CancellationToken cancellationToken)
    {
        int total = 0;
        int count;
        do
        {
            count = await ReadAsync(buffer[total..], cancellationToken).ConfigureAwait(false);
            total += count;
        }
        while (count > 0 && total < buffer.Length);
        return total;
    }

    private int Take(Span<char> buffer)
    {
        int count = Math.Min(buffer.Length, _end - _next);
        _chars.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    // Takes what belongs to the line. A line feed that comes later, after a carriage return that ended the line, is dropped
    // when it comes: to wait for it now could mean to wait for ever.
    private bool TakeLine(ref StringBuilder? begun, out string? line)
    {
        ReadOnlySpan<char> rest = _chars.AsSpan(_next.._end);
        int length = rest.IndexOfAny('\r', '\n');
        line = null;
        if (length < 0)
        {
            (begun ??= new StringBuilder()).Append(rest);
            _next = _end;
            return false;
        }

        line = begun is null ? rest[..length].ToString() : begun.Append(rest[..length]).ToString();
        _followsReturn = rest[length] == '\r';
        _next += length + 1;
        return true;
    }

    private void DropLineFeed(string? line)
    {
        if (line is not null && _followsReturn && _next < _end)
        {
            _followsReturn = false;
            _next += _chars[_next] == '\n' ? 1 : 0;
        }
    }

    private bool Fill()
    {
        while (!_isAtEnd && _next == _end)
        {
            Decode(_stream.Read(_bytes));
        }

        return _next < _end;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        while (!_isAtEnd && _next == _end)
        {
            Decode(await _stream.ReadAsync(_bytes, cancellationToken).ConfigureAwait(false));
        }

        return _next < _end;
    }

    private void Decode(int count)
    {
        _isAtEnd = count == 0;
        _next = 0;
        _end = _decoder.Decode(_bytes.AsSpan(0, count), _chars, flush: _isAtEnd);
        if (_options.UniversalNewlines)
        {
            _end = ReplaceReturns();
        }
        else if (_followsReturn && _end > 0)
        {
            _followsReturn = false;
            _next = _chars[0] == '\n' ? 1 : 0;
        }
    }

    private int ReplaceReturns()
    {
        int kept = 0;
        for (int i = 0; i < _end; i++)
        {
            char c = _chars[i];
            if (!(c == '\n' && _followsReturn))
            {
                _chars[kept++] = c == '\r' ? '\n' : c;
            }

            _followsReturn = c == '\r';
        }

        return kept;
    }
}
