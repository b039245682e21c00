using System.Text;

namespace Telar.Subprocesses.Output;

/// <summary>Makes the bytes that a child reads of a text.</summary>
internal static class InputText
{
    private const int FirstByteSurrogate = 0xDC80;
    private const int LastByteSurrogate = 0xDCFF;

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="encoding">The encoding.</param>
    /// <param name="errors">
    /// <see cref="TextErrors.SurrogateEscape"/> gives lone surrogates back as the bytes that they were decoded from;
    /// <see cref="TextErrors.Strict"/> refuses what the encoding cannot say; otherwise the encoding's own replacement is used.
    /// </param>
    /// <returns>The bytes.</returns>
    /// <exception cref="EncoderFallbackException">The encoding cannot say it, and the rule is to be strict.</exception>
    internal static byte[] Encode(string text, Encoding encoding, TextErrors errors) => errors switch
    {
        TextErrors.Strict => Strict(encoding).GetBytes(text),
        TextErrors.SurrogateEscape => Escape(text, encoding),
        _ => encoding.GetBytes(text),
    };

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.EncoderFallback = EncoderFallback.ExceptionFallback;
        return strict;
    }

    private static byte[] Escape(string text, Encoding encoding)
    {
        var bytes = new MemoryStream(text.Length);
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool isLone = text[i] is >= (char)FirstByteSurrogate and <= (char)LastByteSurrogate
                && !(i > 0 && char.IsHighSurrogate(text[i - 1]));
            if (isLone)
            {
                bytes.Write(encoding.GetBytes(text[start..i]));
                bytes.WriteByte((byte)text[i]);
                start = i + 1;
            }
        }

        bytes.Write(encoding.GetBytes(text[start..]));
        return bytes.ToArray();
    }
}
