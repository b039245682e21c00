namespace Telar.Subprocesses;

/// <summary>What becomes of bytes that are not valid in the encoding.</summary>
/// <remarks>Python: the <c>errors</c> argument. <b>Thread safety.</b> An enumeration.</remarks>
public enum TextErrors
{
    /// <summary>Each becomes U+FFFD. The default: output of a program is shown rather than refused.</summary>
    Replace,

    /// <summary>A <see cref="System.Text.DecoderFallbackException"/>; the bytes stay at hand. Python's default.</summary>
    Strict,

    /// <summary>They are left out.</summary>
    Ignore,

    /// <summary>Each becomes <c>\xNN</c>.</summary>
    BackslashReplace,

    /// <summary>Each becomes a lone surrogate U+DC80 to U+DCFF, which encodes to the same byte again.</summary>
    SurrogateEscape,
}
