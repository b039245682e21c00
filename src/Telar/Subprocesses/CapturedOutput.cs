namespace Telar.Subprocesses;

/// <summary>What a child has written to one of its streams: bytes, and the text of them when it is asked for.</summary>
/// <remarks>
/// Python: <c>CompletedProcess.stdout</c> and <c>stderr</c>, there either bytes or text. <b>Thread safety.</b> Immutable to the
/// outside; the text is decoded once.
/// </remarks>
public sealed partial class CapturedOutput
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly PopenOptions _options;

    internal CapturedOutput(ReadOnlyMemory<byte> bytes, PopenOptions options, bool isTruncated = false, bool isHeld = false)
    {
        _bytes = bytes;
        _options = options;
        IsCaptured = true;
        IsTruncated = isTruncated;
        IsHeld = isHeld;
    }

    private CapturedOutput(PopenOptions options) => _options = options;

    /// <summary>Whether the stream was captured; if not, reading this object fails with a message that says so. Python: not None.</summary>
    public bool IsCaptured { get; }

    /// <summary>Whether bytes were dropped because of <see cref="PopenOptions.MaxOutput"/>.</summary>
    public bool IsTruncated { get; }

    /// <summary>
    /// Whether something that the child had started still held the pipe when reading ended after
    /// <see cref="PopenOptions.PipeGrace"/>: what it writes later is not here.
    /// </summary>
    public bool IsHeld { get; }

    internal static CapturedOutput NotCaptured { get; } = new(new PopenOptions());
}
