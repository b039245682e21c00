using System.Text;

namespace Telar.Subprocesses;

/// <summary>With what a child is started, and how it is treated. Every default is the one that a careful user would choose.</summary>
/// <remarks>
/// Python: the parameters of <c>subprocess.Popen</c>. <c>preexec_fn</c> has no counterpart, as no managed code can run between
/// fork and exec; what it is used for has options of its own here. <b>Thread safety.</b> Immutable.
/// </remarks>
public record PopenOptions
{
    /// <summary>The child's standard input.</summary>
    /// <value>Default null: inherited; the null device in a run that captures output or has a time limit without an input.</value>
    public Stdio? Stdin { get; init; }

    /// <summary>The child's standard output.</summary>
    /// <value>Default null: inherited, or captured where the run captures.</value>
    public Stdio? Stdout { get; init; }

    /// <summary>The child's standard error.</summary>
    /// <value>Default null: inherited, or captured where the run captures.</value>
    public Stdio? Stderr { get; init; }

    /// <summary>The directory that the child starts in. A relative path of the program is taken from it.</summary>
    /// <value>Default null: that of this process.</value>
    public string? Cwd { get; init; }

    /// <summary>The whole environment of the child.</summary>
    /// <value>
    /// Default null: that of this process. Either way <see cref="ExtraEnv"/> is applied, and <c>TELAR_JOB</c> is added, by which
    /// a stop finds what the child has started.
    /// </value>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Changes to the environment: variables to set, and with the value null to remove.</summary>
    /// <value>
    /// Default null: none. <c>TELAR_JOB</c> with null is left out: a stop then no longer finds what has left the child's session
    /// and lost its parent.
    /// </value>
    public IReadOnlyDictionary<string, string?>? ExtraEnv { get; init; }

    /// <summary>The program that really runs; the first word of the command line is then only what it sees as its name.</summary>
    /// <value>Default null: the first word. With a shell command: the shell.</value>
    public string? Executable { get; init; }

    /// <summary>The encoding of texts in both directions.</summary>
    /// <value>Default: UTF-8 without a mark.</value>
    public Encoding Encoding { get; init; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>What becomes of bytes that are not valid in <see cref="Encoding"/>.</summary>
    /// <value>Default: <see cref="TextErrors.Replace"/>.</value>
    public TextErrors Errors { get; init; }

    /// <summary>Whether CR LF and CR in texts of the child become LF. Lines end at any of the three either way.</summary>
    /// <value>Default false.</value>
    public bool UniversalNewlines { get; init; }

    /// <summary>Bytes that <see cref="Popen.Stdin"/> and <see cref="Popen.StdinText"/> collect until they are flushed or closed.</summary>
    /// <value>
    /// Default 0: none, what is written goes out at once. Python's <c>bufsize</c> of -1 collects 8192, and an answer to what
    /// was not flushed never comes. Reading needs no choice: it takes what is there.
    /// </value>
    public int BufferSize { get; init; }

    /// <summary>Bytes that a pipe holds; rounded up by Linux, a wish to Windows.</summary>
    /// <value>Default null: what suits the use.</value>
    public int? PipeSize { get; init; }

    /// <summary>The most bytes of each stream that are kept.</summary>
    /// <value>Default null: as many as memory holds, at most 2 GiB.</value>
    public long? MaxOutput { get; init; }

    /// <summary>What happens beyond <see cref="MaxOutput"/>.</summary>
    /// <value>Default: <see cref="OutputOverflow.Stop"/>.</value>
    public OutputOverflow Overflow { get; init; }

    /// <summary>
    /// How long the pipes are read after the child has ended, when something that it has started still holds them. What is in
    /// them already is read in any case.
    /// </summary>
    /// <value>Default 0.2 s; <see cref="Timeout.InfiniteTimeSpan"/> until they close, as Python does.</value>
    public TimeSpan PipeGrace { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether the child gets no descriptors but the standard three and <see cref="PassHandles"/>.</summary>
    /// <value>Default true. False: also all that are open here and not close-on-exec; nothing of .NET and of this library is.</value>
    public bool CloseFds { get; init; } = true;

    /// <summary>Descriptors that the child gets beyond the standard three. Python: <c>pass_fds</c>.</summary>
    /// <value>Default: none. On Windows handles, which keep their numbers.</value>
    public IReadOnlyList<PassedHandle> PassHandles { get; init; } = [];

    /// <summary>
    /// Whether the child gets an empty signal mask and the default action of signals that this process ignores, as .NET does
    /// SIGPIPE.
    /// </summary>
    /// <value>
    /// Default true. SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN and SIGTTOU stay ignored where
    /// they are: <c>nohup</c> and shells mean the whole family. With false the child inherits all of it.
    /// </value>
    public bool RestoreSignals { get; init; } = true;

    /// <summary>Whether the child leads a session of its own, without a terminal. Python: <c>start_new_session</c>.</summary>
    /// <value>Default false.</value>
    public bool StartNewSession { get; init; }

    /// <summary>The process group that the child joins; 0 makes one of its own, which Ctrl-C at the terminal does not reach.</summary>
    /// <value>Default null: the group of this process.</value>
    public int? ProcessGroup { get; init; }

    /// <summary>
    /// The user that the child runs as. Takes root. The groups stay those of this process unless <see cref="Group"/> and
    /// <see cref="ExtraGroups"/> change them: who gives up root gives up all three.
    /// </summary>
    /// <value>Default null: that of this process.</value>
    public UserId? User { get; init; }

    /// <summary>The group that the child runs as. Takes root.</summary>
    /// <value>Default null: that of this process.</value>
    public GroupId? Group { get; init; }

    /// <summary>The other groups of the child; an empty list leaves none. Takes root.</summary>
    /// <value>Default null: those of this process.</value>
    public IReadOnlyList<GroupId>? ExtraGroups { get; init; }

    /// <summary>Permissions that files made by the child do not get.</summary>
    /// <value>Default null: that of this process.</value>
    public UnixFileMode? Umask { get; init; }

    /// <summary>What the child may use at most.</summary>
    /// <value>Default null: what this process may.</value>
    public ResourceLimits? Limits { get; init; }

    /// <summary>How much the child gives way to others, added to the niceness of this process.</summary>
    /// <value>-20 to 19; below 0 takes root. Default null: 0.</value>
    public int? Nice { get; init; }

    /// <summary>Whether the child is killed when this process ends, however that comes about.</summary>
    /// <value>
    /// Default false. On Linux a program with set-user-id or file capabilities escapes it, and what the child has started is not
    /// killed; on Windows it is.
    /// </value>
    public bool KillOnParentExit { get; init; }

    /// <summary>A terminal for the child.</summary>
    /// <value>Default null: none.</value>
    public PtyOptions? Pty { get; init; }

    /// <summary>How the child is stopped at a timeout, a cancellation or a dispose.</summary>
    /// <value>Default: <see cref="StopPolicy.Default"/>.</value>
    public StopPolicy Stop { get; init; } = StopPolicy.Default;

    /// <summary>What becomes of a child that still runs when its <see cref="Popen"/> is disposed.</summary>
    /// <value>Default: <see cref="DisposeMode.Stop"/>.</value>
    public DisposeMode OnDispose { get; init; }

    /// <summary>Which return codes are a success.</summary>
    /// <value>Default null: 0 alone.</value>
    public Func<int, bool>? IsSuccess { get; init; }

    /// <summary>
    /// Where the command line is written before it starts: one line, as one would type it at a shell, secrets blacked out. What the
    /// writer throws is the run's exception, and nothing is started.
    /// </summary>
    /// <value>Default null: nowhere. For several runs at once use <see cref="TextWriter.Synchronized"/>.</value>
    public TextWriter? Echo { get; init; }

    /// <summary>
    /// Texts that never appear in messages, echoes and traces: <c>***</c> stands in their place. So do values of 8 characters and
    /// more of environment variables of the child whose names contain TOKEN, SECRET, PASSWORD, PASSWD, PASSPHRASE, API_KEY, APIKEY,
    /// ACCESS_KEY or PRIVATE_KEY. Captured output is left as it is, and so is what <see cref="CommandLine.ToString"/> returns.
    /// </summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>How the child's window is shown, and which handles it inherits. Windows only; refused elsewhere.</summary>
    /// <value>Default null: nothing special.</value>
    public StartupInfo? StartupInfo { get; init; }

    /// <summary>Flags and the priority class of CreateProcess. Windows only; refused elsewhere unless 0.</summary>
    /// <value>Default 0.</value>
    public CreationFlags CreationFlags { get; init; }
}
