namespace Telar.Subprocesses;

/// <summary>Which stages make a pipeline fail.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum PipeFail
{
    /// <summary>
    /// Every stage that fails, except one that SIGPIPE killed: a later stage had all that it wanted, as in <c>yes | head -1</c>.
    /// The default.
    /// </summary>
    AnyButSigPipe,

    /// <summary>Every stage that fails, those killed by SIGPIPE too: <c>set -o pipefail</c> of a shell.</summary>
    Any,

    /// <summary>The last stage alone, as in a shell without more ado.</summary>
    Last,
}
