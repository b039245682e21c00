namespace Telar.Subprocesses;

/// <summary>Puts a text before each line of output that comes in pieces.</summary>
/// <param name="tag">The text.</param>
internal sealed class LineTagger(byte[] tag)
{
    private bool _isInLine;

    /// <summary>The next piece, with the text before each line that begins in it.</summary>
    internal byte[] Tag(ReadOnlySpan<byte> piece)
    {
        MemoryStream tagged = new(piece.Length * 2);
        while (!piece.IsEmpty)
        {
            if (!_isInLine)
            {
                tagged.Write(tag);
            }

            int end = piece.IndexOf((byte)'\n');
            int length = end < 0 ? piece.Length : end + 1;
            tagged.Write(piece[..length]);
            _isInLine = end < 0;
            piece = piece[length..];
        }

        return tagged.ToArray();
    }

    /// <summary>The end of a last line that has none, so that what comes next is not in it.</summary>
    internal byte[] End() => _isInLine ? "\n"u8.ToArray() : [];
}
