using System.Buffers;
using System.Text;

namespace Telar.Subprocesses.Output;

/// <summary>Makes one text of the pieces of an output.</summary>
internal static class OutputText
{
    private const int MostChars = 0x3FFF_FFDF;
    private const int SmallOutput = 64 * 1024;
    private const int CountedAtOnce = 16 * 1024;

    /// <summary>Decodes an output.</summary>
    /// <param name="pieces">Its bytes; a character may begin in one and end in the next.</param>
    /// <param name="options">The encoding, the rule for errors, the line ends.</param>
    /// <returns>The text.</returns>
    /// <exception cref="DecoderFallbackException">The bytes are not valid, and the rule is to be strict.</exception>
    /// <exception cref="InvalidOperationException">The text is longer than a string can be.</exception>
    internal static string Decode(ReadOnlyMemory<byte>[] pieces, PopenOptions options)
    {
        Encoding encoding = TextDecoder.EncodingOf(options);
        if (pieces is [{ Length: <= SmallOutput } small])
        {
            return Tidy(encoding.GetString(small.Span), options);
        }

        // Decoding twice, first only to count, is cheaper than to join the pieces: the first pass stays in the cache.
        string text = string.Create(Count(pieces, encoding), (pieces, encoding), static (chars, work) =>
        {
            Decoder decoder = work.encoding.GetDecoder();
            foreach (ReadOnlyMemory<byte> piece in work.pieces)
            {
                chars = chars[decoder.GetChars(piece.Span, chars, flush: false)..];
            }

            decoder.GetChars([], chars, flush: true);
        });
        return Tidy(text, options);
    }

    private static int Count(ReadOnlyMemory<byte>[] pieces, Encoding encoding)
    {
        long count = 0;
        Decoder decoder = encoding.GetDecoder();
        char[] scratch = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(CountedAtOnce));
        try
        {
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                for (ReadOnlySpan<byte> rest = piece.Span; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, CountedAtOnce)..])
                {
                    count += decoder.GetChars(rest[..Math.Min(rest.Length, CountedAtOnce)], scratch, flush: false);
                }
            }

            count += decoder.GetChars([], scratch, flush: true);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(scratch);
        }

        return count <= MostChars
            ? (int)count
            : throw new InvalidOperationException(
                $"The output has {count} characters, and a string holds at most {MostChars}. Read it as Bytes or as Lines.");
    }

    private static string Tidy(string decoded, PopenOptions options)
    {
        ReadOnlySpan<char> text = TextDecoder.HasMark(options) ? TextDecoder.WithoutMark(decoded) : decoded;
        bool mayHaveEscapes = options.Errors == TextErrors.SurrogateEscape;
        bool hasReturns = options.UniversalNewlines && text.Contains('\r');
        if (!mayHaveEscapes && !hasReturns)
        {
            return text.Length == decoded.Length ? decoded : text.ToString();
        }

        char[] changed = text.ToArray();
        int length = mayHaveEscapes ? TextDecoder.Unescape(changed) : changed.Length;
        return new string(changed, 0, hasReturns ? ReplaceReturns(changed.AsSpan(0, length)) : length);
    }

    private static int ReplaceReturns(Span<char> text)
    {
        int kept = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            text[kept++] = c == '\r' ? '\n' : c;
            if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
            {
                i++;
            }
        }

        return kept;
    }
}
