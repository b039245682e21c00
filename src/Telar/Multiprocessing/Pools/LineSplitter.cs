using System.Text;

namespace Telar.Multiprocessing.Pools;

/// <summary>Cuts the bytes of a worker's output stream into lines of text.</summary>
/// <remarks>
/// UTF-8; damaged bytes become U+FFFD. A line ends at LF, CR LF or the end of the stream. One that is longer than
/// <see cref="MaxLineBytes"/> comes in pieces, which end between two characters.
/// </remarks>
// Invariants
//   I1  _count <= MaxLineBytes. A full buffer is given out only when the next byte is known: it may be the LF that ends the line.
//       So the lines do not depend on how the stream was cut into reads.
internal sealed class LineSplitter
{
    public const int MaxLineBytes = 64 * 1024;

    private byte[] _rest = new byte[256];
    private int _count;

    /// <summary>Takes bytes in and calls <paramref name="line"/> for each line they complete.</summary>
    public void Add(ReadOnlySpan<byte> bytes, Action<string> line)
    {
        while (!bytes.IsEmpty)
        {
            if (bytes[0] == (byte)'\n')
            {
                bytes = bytes[1..];
                EndLine(line);
                continue;
            }

            if (_count == MaxLineBytes)
            {
                EmitPiece(line);
            }

            int end = bytes.IndexOf((byte)'\n');
            int take = Math.Min(end < 0 ? bytes.Length : end, MaxLineBytes - _count);
            Keep(bytes[..take]);
            bytes = bytes[take..];
        }
    }

    /// <summary>The stream has ended: what is left is the last line.</summary>
    public void Complete(Action<string> line)
    {
        if (_count > 0)
        {
            EndLine(line);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > _rest.Length)
        {
            Array.Resize(ref _rest, Math.Max(_rest.Length * 2, _count + bytes.Length));
        }

        bytes.CopyTo(_rest.AsSpan(_count));
        _count += bytes.Length;
    }

    private void EndLine(Action<string> line)
    {
        ReadOnlySpan<byte> text = _rest.AsSpan(0, _count);
        if (text is [.., (byte)'\r'])
        {
            text = text[..^1];
        }

        _count = 0;
        line(Encoding.UTF8.GetString(text));
    }

    private void EmitPiece(Action<string> line)
    {
        int length = _count - UnfinishedCharacter(_rest.AsSpan(0, _count));
        string text = Encoding.UTF8.GetString(_rest.AsSpan(0, length));
        _rest.AsSpan(length, _count - length).CopyTo(_rest);
        _count -= length;
        line(text);
    }

    // How many bytes at the end begin a character whose rest has not come; a CR may be the first half of an end of line.
    private static int UnfinishedCharacter(ReadOnlySpan<byte> text)
    {
        if (text[^1] == (byte)'\r')
        {
            return 1;
        }

        for (int back = 1; back <= 3; back++)
        {
            byte last = text[^back];
            if ((last & 0xC0) != 0x80)
            {
                int length = last switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
                return length > back ? back : 0;
            }
        }

        return 0;
    }
}
