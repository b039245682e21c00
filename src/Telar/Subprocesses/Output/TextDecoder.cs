using System.Text;

namespace Telar.Subprocesses.Output;

/// <summary>Bytes to characters, piece by piece, by the encoding and the rule for errors of a run.</summary>
internal sealed class TextDecoder
{
    private const char Mark = '\uFEFF';

    private static readonly DecoderFallback s_replace = new DecoderReplacementFallback("\uFFFD");
    private static readonly DecoderFallback s_ignore = new DecoderReplacementFallback("");

    private readonly Encoding _encoding;
    private readonly Decoder _decoder;
    private readonly bool _hasEscapes;
    private bool _mayBeMark;

    /// <summary>A decoder at the start of a stream.</summary>
    /// <param name="options">The encoding and the rule.</param>
    internal TextDecoder(PopenOptions options)
    {
        _encoding = EncodingOf(options);
        _decoder = _encoding.GetDecoder();
        _hasEscapes = options.Errors == TextErrors.SurrogateEscape;
        _mayBeMark = HasMark(options);
    }

    /// <summary>The encoding with the rule for errors built in.</summary>
    /// <param name="options">The encoding and the rule.</param>
    /// <returns>The encoding; what it decodes is still to be given to <see cref="Unescape"/> for one of the rules.</returns>
    internal static Encoding EncodingOf(PopenOptions options)
    {
        Encoding encoding = options.Encoding;
        DecoderFallback fallback = options.Errors switch
        {
            TextErrors.Strict => DecoderFallback.ExceptionFallback,
            TextErrors.Ignore => s_ignore,
            TextErrors.BackslashReplace => EscapingFallback.Backslash,
            TextErrors.SurrogateEscape => EscapingFallback.Surrogate,
            _ => s_replace,
        };
        if (fallback.Equals(encoding.DecoderFallback))
        {
            return encoding;
        }

        var changed = (Encoding)encoding.Clone();
        changed.DecoderFallback = fallback;
        return changed;
    }

    /// <summary>
    /// Whether a byte order mark at the start is no part of the text: so it is with an encoding that would write one, as
    /// <see cref="Encoding.Unicode"/> and <see cref="Encoding.UTF8"/>.
    /// </summary>
    /// <param name="options">The encoding.</param>
    /// <returns>Whether it is left out.</returns>
    internal static bool HasMark(PopenOptions options) => !options.Encoding.Preamble.IsEmpty;

    /// <summary>Leaves out a byte order mark.</summary>
    /// <param name="text">The start of a text.</param>
    /// <returns>The text without it.</returns>
    internal static ReadOnlySpan<char> WithoutMark(ReadOnlySpan<char> text) => text is [Mark, ..] ? text[1..] : text;

    /// <summary>Puts in the lone surrogates that a fallback may not produce itself.</summary>
    /// <param name="text">What was decoded; changed in place.</param>
    /// <returns>How many characters are left.</returns>
    internal static int Unescape(Span<char> text) => EscapingFallback.Unescape(text);

    /// <summary>How much room <see cref="Decode"/> needs.</summary>
    /// <param name="byteCount">For so many bytes.</param>
    /// <returns>Characters.</returns>
    internal int GetMaxCharCount(int byteCount) => _encoding.GetMaxCharCount(byteCount);

    /// <summary>Decodes the next bytes. An unfinished character at their end is kept for the next call.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="chars">Where to; see <see cref="GetMaxCharCount"/>.</param>
    /// <param name="flush">Whether these are the last ones.</param>
    /// <returns>How many characters there are.</returns>
    internal int Decode(ReadOnlySpan<byte> bytes, Span<char> chars, bool flush)
    {
        int count = _decoder.GetChars(bytes, chars, flush);
        if (_mayBeMark && count > 0)
        {
            _mayBeMark = false;
            ReadOnlySpan<char> text = WithoutMark(chars[..count]);
            text.CopyTo(chars);
            count = text.Length;
        }

        return _hasEscapes ? Unescape(chars[..count]) : count;
    }
}
