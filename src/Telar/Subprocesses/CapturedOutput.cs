using Telar.Subprocesses.Output;

namespace Telar.Subprocesses;

/// <summary>What a child has written to one of its streams: bytes, and the text of them when it is asked for.</summary>
/// <remarks>
/// <para>
/// The text is decoded at the first use, by <see cref="PopenOptions.Encoding"/> and <see cref="PopenOptions.Errors"/> of the run.
/// With an encoding that has a byte order mark, one at the start is left out.
/// </para>
/// <para>
/// Python: <c>CompletedProcess.stdout</c> and <c>stderr</c>, there either bytes or text. <b>Thread safety.</b> Immutable to the
/// outside; threads that ask for the text at the same moment all get the same string.
/// </para>
/// </remarks>
// State machine
//   None: what is computed from the pieces is kept, and never changes the answer.
// Invariants
//   I1  _pieces together are the bytes of the stream. Bytes replaces them by one piece of the same content.
//   I2  _text is null or the text of _pieces. The first string stored there wins.
// Locks
//   None. Decoding calls the user's Encoding. I1 and I2 make a race harmless: both threads compute the same; the release of the
//   write pairs with the acquire of the next read.
// Ownership
//   The pieces belong to this object and are not written any more.
public sealed class CapturedOutput
{
    private readonly PopenOptions _options;
    private ReadOnlyMemory<byte>[] _pieces;
    private string? _text;

    internal CapturedOutput(ReadOnlyMemory<byte> bytes, PopenOptions options, bool isTruncated = false, bool isHeld = false)
        : this([bytes], options, isTruncated, isHeld)
    {
    }

    internal CapturedOutput(ReadOnlyMemory<byte>[] pieces, PopenOptions options, bool isTruncated = false, bool isHeld = false)
    {
        _pieces = pieces;
        _options = options;
        IsCaptured = true;
        IsTruncated = isTruncated;
        IsHeld = isHeld;
    }

    private CapturedOutput()
    {
        _pieces = [];
        _options = new PopenOptions();
    }

    /// <summary>A text, as a child writes it in UTF-8: see <see cref="FromText"/>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The output.</returns>
    public static implicit operator CapturedOutput(string text) => FromText(text);

    /// <summary>Bytes: see <see cref="FromBytes"/>.</summary>
    /// <param name="bytes">The bytes; not copied.</param>
    /// <returns>The output.</returns>
    public static implicit operator CapturedOutput(byte[] bytes) => FromBytes(bytes);

    /// <summary>Whether the stream was captured; if not, reading this object fails with a message that says so. Python: not None.</summary>
    public bool IsCaptured { get; }

    /// <summary>Whether bytes were dropped because of <see cref="PopenOptions.MaxOutput"/>.</summary>
    public bool IsTruncated { get; }

    /// <summary>
    /// Whether something that the child had started still held the pipe when reading ended after
    /// <see cref="PopenOptions.PipeGrace"/>: what it writes later is not here.
    /// </summary>
    public bool IsHeld { get; }

    /// <summary>How many bytes there are.</summary>
    /// <exception cref="InvalidOperationException">The stream was not captured.</exception>
    public long Length => Pieces().Sum(piece => (long)piece.Length);

    /// <summary>The bytes. Do not change them.</summary>
    /// <exception cref="InvalidOperationException">The stream was not captured.</exception>
    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            ReadOnlyMemory<byte>[] pieces = Pieces();
            if (pieces.Length != 1)
            {
                pieces = [Join(pieces)];
                Volatile.Write(ref _pieces, pieces);
            }

            return pieces[0];
        }
    }

    /// <summary>The text, line ends included.</summary>
    /// <exception cref="InvalidOperationException">
    /// The stream was not captured; or the text has more than 1 073 741 791 characters, which is what a string can hold.
    /// </exception>
    /// <exception cref="System.Text.DecoderFallbackException">
    /// The bytes are not valid in the encoding, and <see cref="PopenOptions.Errors"/> is <see cref="TextErrors.Strict"/>;
    /// <see cref="Bytes"/> has them.
    /// </exception>
    public string Text
    {
        get
        {
            ReadOnlyMemory<byte>[] pieces = Pieces();
            if (Volatile.Read(ref _text) is { } text)
            {
                return text;
            }

            string decoded = OutputText.Decode(pieces, _options);
            return Interlocked.CompareExchange(ref _text, decoded, null) ?? decoded;
        }
    }

    /// <summary>
    /// The lines of the text without their ends, decoded while they are read: they need no memory for the whole text. A line ends
    /// at LF, CR LF or CR; an end at the very end starts no further line.
    /// </summary>
    /// <exception cref="InvalidOperationException">The stream was not captured.</exception>
    /// <exception cref="System.Text.DecoderFallbackException">While reading, as for <see cref="Text"/>.</exception>
    public IEnumerable<string> Lines => Split(Pieces());

    internal static CapturedOutput NotCaptured { get; } = new();

    /// <summary>Output that no child has written: for a test, or a runner of one's own.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Its encoding is that of the bytes. Null: UTF-8.</param>
    /// <returns>The output.</returns>
    /// <exception cref="System.Text.EncoderFallbackException">The encoding has no bytes for the text, and refuses to do without.</exception>
    public static CapturedOutput FromText(string text, PopenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new PopenOptions();
        return new CapturedOutput(options.Encoding.GetBytes(text), options);
    }

    /// <summary>Output that no child has written: for a test, or a runner of one's own.</summary>
    /// <param name="bytes">The bytes; not copied, so do not change them.</param>
    /// <param name="options">How they are read as text. Null: as UTF-8.</param>
    /// <returns>The output.</returns>
    public static CapturedOutput FromBytes(ReadOnlyMemory<byte> bytes, PopenOptions? options = null) =>
        new(bytes, options ?? new PopenOptions());

    /// <summary>The text; null when the stream was not captured, as Python's <c>stdout</c> is None then.</summary>
    /// <param name="output">The output.</param>
    /// <returns>The text.</returns>
    public static implicit operator string?(CapturedOutput? output) => output is { IsCaptured: true } ? output.Text : null;

    /// <summary>The text; words that say so when the stream was not captured.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => IsCaptured ? Text : "(not captured)";

    /// <summary>The last bytes, without joining what is before them. Starts where a character of any fixed width may start.</summary>
    /// <param name="count">How many, about.</param>
    internal ReadOnlyMemory<byte> Tail(int count)
    {
        ReadOnlyMemory<byte>[] pieces = Pieces();
        long skipped = Math.Max(0, Length - count) & ~3L;
        var tail = new List<byte>();
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            int skip = (int)Math.Min(skipped, piece.Length);
            skipped -= skip;
            tail.AddRange(piece.Span[skip..]);
        }

        return tail.ToArray();
    }

    private static byte[] Join(ReadOnlyMemory<byte>[] pieces)
    {
        byte[] joined = GC.AllocateUninitializedArray<byte>(pieces.Sum(piece => piece.Length));
        Span<byte> rest = joined;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.Span.CopyTo(rest);
            rest = rest[piece.Length..];
        }

        return joined;
    }

    private ReadOnlyMemory<byte>[] Pieces() => IsCaptured
        ? Volatile.Read(ref _pieces)
        : throw new InvalidOperationException(
            "This stream of the child was not captured, so nothing of it is here. Run with captureOutput: true, or set Stdout or "
            + "Stderr of the options to Stdio.Pipe.");

    private IEnumerable<string> Split(ReadOnlyMemory<byte>[] pieces)
    {
        var splitter = new LineSplitter(_options);
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            for (ReadOnlyMemory<byte> rest = piece; !rest.IsEmpty;)
            {
                rest = rest[splitter.Append(rest.Span)..];
                while (splitter.TryTake(out string? line))
                {
                    yield return line;
                }
            }
        }

        splitter.End();
        while (splitter.TryTake(out string? last))
        {
            yield return last;
        }
    }
}
