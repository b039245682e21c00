using System.Globalization;
using System.Text;

namespace Telar.Subprocesses.Output;

/// <summary>Decodes invalid bytes as <c>\xNN</c>, or as something that becomes a lone surrogate afterwards.</summary>
/// <remarks>
/// .NET refuses lone surrogates from a fallback. So each such byte is first a pair of noncharacters, which Unicode keeps out of
/// texts: U+FDD0 plus its upper four bits, U+FDE0 plus its lower four bits. <see cref="Unescape"/> makes one surrogate of the pair.
/// </remarks>
internal sealed class EscapingFallback : DecoderFallback
{
    private const char UpperHalf = '\uFDD0';
    private const char LowerHalf = '\uFDE0';
    private const char SurrogateOfByteZero = '\uDC00';

    // No encoding reports more bytes at once.
    private const int MostBytes = 8;

    private readonly Func<byte, string> _escape;
    private readonly int _charsPerByte;

    private EscapingFallback(Func<byte, string> escape)
    {
        _escape = escape;
        _charsPerByte = escape(0).Length;
    }

    public override int MaxCharCount => MostBytes * _charsPerByte;

    internal static EscapingFallback Backslash { get; } =
        new(value => string.Create(CultureInfo.InvariantCulture, $"\\x{value:x2}"));

    internal static EscapingFallback Surrogate { get; } =
        new(value => new string([(char)(UpperHalf + (value >> 4)), (char)(LowerHalf + (value & 0xF))]));

    public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(_escape);

    internal static int Unescape(Span<char> text)
    {
        int kept = text.IndexOfAnyInRange(UpperHalf, (char)(UpperHalf + 0xF));
        if (kept < 0)
        {
            return text.Length;
        }

        for (int i = kept; i < text.Length; i++)
        {
            int upper = text[i] - UpperHalf;
            int lower = i + 1 < text.Length ? text[i + 1] - LowerHalf : -1;
            bool isPair = upper is >= 0 and <= 0xF && lower is >= 0 and <= 0xF;
            text[kept++] = isPair ? (char)(SurrogateOfByteZero + (upper << 4) + lower) : text[i];
            i += isPair ? 1 : 0;
        }

        return kept;
    }

    private sealed class Buffer(Func<byte, string> escape) : DecoderFallbackBuffer
    {
        private string _text = "";
        private int _next;

        public override int Remaining => _text.Length - _next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            _text = string.Concat(bytesUnknown.Select(escape));
            _next = 0;
            return true;
        }

        public override char GetNextChar() => _next < _text.Length ? _text[_next++] : '\0';

        public override bool MovePrevious()
        {
            if (_next == 0)
            {
                return false;
            }

            _next--;
            return true;
        }

        public override void Reset()
        {
            _text = "";
            _next = 0;
        }
    }
}
