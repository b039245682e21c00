namespace Telar.Subprocesses;

/// <summary>What happens when a child writes more than <see cref="PopenOptions.MaxOutput"/>.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum OutputOverflow
{
    /// <summary>The child is stopped and the run fails with an <see cref="OutputLimitException"/>.</summary>
    Stop,

    /// <summary>The first bytes are kept, the rest is read and forgotten; <see cref="CapturedOutput.IsTruncated"/> tells.</summary>
    KeepFirst,

    /// <summary>The last bytes are kept; <see cref="CapturedOutput.IsTruncated"/> tells.</summary>
    KeepLast,
}
