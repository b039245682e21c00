using System.Text;

namespace Telar.Multiprocessing.Pools;

/// <summary>Cuts the bytes of a worker's output stream into lines of text.</summary>
/// <remarks>
/// UTF-8; damaged bytes become U+FFFD. A line ends at LF, CR LF, the end of the stream, or after <see cref="MaxLineBytes"/>.
/// </remarks>
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
            int end = bytes.IndexOf((byte)'\n');
            int take = Math.Min(end < 0 ? bytes.Length : end, MaxLineBytes - _count);
            Keep(bytes[..take]);
            bytes = bytes[take..];
            if (!bytes.IsEmpty && bytes[0] == (byte)'\n')
            {
                bytes = bytes[1..];
                Emit(line);
            }
            else if (_count == MaxLineBytes)
            {
                Emit(line);
            }
        }
    }

    /// <summary>The stream has ended: what is left is the last line.</summary>
    public void Complete(Action<string> line)
    {
        if (_count > 0)
        {
            Emit(line);
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

    private void Emit(Action<string> line)
    {
        ReadOnlySpan<byte> text = _rest.AsSpan(0, _count);
        if (text is [.., (byte)'\r'])
        {
            text = text[..^1];
        }

        _count = 0;
        line(Encoding.UTF8.GetString(text));
    }
}
