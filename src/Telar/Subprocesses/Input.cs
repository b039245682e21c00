using System.Text;

namespace Telar.Subprocesses;

/// <summary>What a child reads from its standard input: a text, bytes, a stream, or pieces as they come.</summary>
/// <remarks>
/// Python: the <c>input</c> argument of <c>subprocess.run</c> and <c>Popen.communicate</c>. A child that reads only part of it,
/// or nothing, is no error. <b>Thread safety.</b> Immutable; a stream in it is used by one run at a time.
/// </remarks>
public abstract record Input
{
    private protected Input()
    {
    }

    /// <summary>Nothing: the child is at the end of its input at once.</summary>
    public static Input Empty { get; } = new BytesInput(ReadOnlyMemory<byte>.Empty);

    /// <summary>A text, in the encoding of the run.</summary>
    /// <param name="text">The text; its line ends stay as they are.</param>
    /// <returns>The input.</returns>
    public static implicit operator Input(string text) => FromText(text);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; not copied, so do not change them while the child runs.</param>
    /// <returns>The input.</returns>
    public static implicit operator Input(byte[] bytes) => FromBytes(bytes);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; not copied, so do not change them while the child runs.</param>
    /// <returns>The input.</returns>
    public static implicit operator Input(ReadOnlyMemory<byte> bytes) => FromBytes(bytes);

    /// <summary>The rest of a stream.</summary>
    /// <param name="stream">A readable stream. It is read from where it stands, and stays open.</param>
    /// <returns>The input.</returns>
    public static implicit operator Input(Stream stream) => FromStream(stream);

    /// <summary>A text, in the encoding of the run.</summary>
    /// <param name="text">The text; its line ends stay as they are.</param>
    /// <param name="encoding">Default null: <see cref="PopenOptions.Encoding"/> of the run.</param>
    /// <returns>The input.</returns>
    public static Input FromText(string text, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TextInput(text, encoding);
    }

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; not copied, so do not change them while the child runs.</param>
    /// <returns>The input.</returns>
    public static Input FromBytes(ReadOnlyMemory<byte> bytes) => new BytesInput(bytes);

    /// <summary>The rest of a stream.</summary>
    /// <param name="stream">A readable stream. It is read from where it stands, and stays open.</param>
    /// <returns>The input.</returns>
    public static Input FromStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanRead
            ? new StreamInput(stream)
            : throw new ArgumentException("A child cannot be fed from this stream: it is not readable.", nameof(stream));
    }

    /// <summary>Pieces as they come: the child reads each as soon as it is there.</summary>
    /// <param name="pieces">The pieces; not asked for the next before the child has taken the last.</param>
    /// <returns>The input.</returns>
    public static Input FromPieces(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return new PiecesInput(pieces);
    }
}
