namespace Telar.Subprocesses;

/// <summary>A terminal of its own for a child: programs that look whether they talk to a person then do.</summary>
/// <remarks>
/// The child leads a new session whose controlling terminal this is. Every stream of it that is left at
/// <see cref="Stdio.Inherit"/> or set to <see cref="Stdio.Pipe"/> is the terminal; both directions are the one stream
/// <see cref="Popen.Terminal"/>. A child whose three streams all lead elsewhere has the terminal open under one more number, so
/// that it is there for <c>/dev/tty</c>. Python: the <c>pty</c> module. Linux only. <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record PtyOptions
{
    /// <summary>Width in characters.</summary>
    /// <value>1 to 65535; default 80.</value>
    public int Columns { get; init; } = 80;

    /// <summary>Height in lines.</summary>
    /// <value>1 to 65535; default 24.</value>
    public int Rows { get; init; } = 24;

    /// <summary>Whether what is written to the child also comes back as its output, as a terminal does it.</summary>
    /// <value>Default true.</value>
    public bool Echo { get; init; } = true;
}
