namespace Telar.Subprocesses;

/// <summary>Which commands a <see cref="HaltPolicy"/> counts.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum HaltOn
{
    /// <summary>Those that failed after all their retries, or timed out.</summary>
    Failure,

    /// <summary>Those that succeeded: the first answer of several ways to get it is enough.</summary>
    Success,

    /// <summary>Those that ended, in whatever way.</summary>
    End,
}
