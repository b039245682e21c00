namespace Telar.Subprocesses;

/// <summary>The signals of POSIX by their names; the values are the numbers of Linux.</summary>
/// <remarks>
/// Any other number may be cast: <c>(Signal)34</c> is the first real-time signal. Python: <c>signal.Signals</c>.
/// <b>Thread safety.</b> An enumeration.
/// </remarks>
public enum Signal
{
    /// <summary>No signal.</summary>
    None = 0,

    /// <summary>The terminal has gone.</summary>
    SIGHUP = 1,

    /// <summary>Ctrl-C.</summary>
    SIGINT = 2,

    /// <summary>Ctrl-\.</summary>
    SIGQUIT = 3,

    /// <summary>An instruction that the processor does not know.</summary>
    SIGILL = 4,

    /// <summary>A breakpoint.</summary>
    SIGTRAP = 5,

    /// <summary><c>abort()</c>: the program gave up.</summary>
    SIGABRT = 6,

    /// <summary>Memory that cannot be had, such as a mapped file that was cut short.</summary>
    SIGBUS = 7,

    /// <summary>A division by zero.</summary>
    SIGFPE = 8,

    /// <summary>Death at once; cannot be caught. Also what the kernel does when memory runs out.</summary>
    SIGKILL = 9,

    /// <summary>For the program's own use.</summary>
    SIGUSR1 = 10,

    /// <summary>An address that is not mapped.</summary>
    SIGSEGV = 11,

    /// <summary>For the program's own use.</summary>
    SIGUSR2 = 12,

    /// <summary>A write into a pipe that nobody reads.</summary>
    SIGPIPE = 13,

    /// <summary>A timer of <c>alarm()</c>.</summary>
    SIGALRM = 14,

    /// <summary>The polite request to end.</summary>
    SIGTERM = 15,

    /// <summary>A child has ended.</summary>
    SIGCHLD = 17,

    /// <summary>Go on after a stop.</summary>
    SIGCONT = 18,

    /// <summary>Stop; cannot be caught.</summary>
    SIGSTOP = 19,

    /// <summary>Ctrl-Z.</summary>
    SIGTSTP = 20,

    /// <summary>The size of the terminal has changed.</summary>
    SIGWINCH = 28,
}
