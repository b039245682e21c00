using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;
using Telar.Subprocesses.Exchanges;
using Telar.Subprocesses.Launching;
using Telar.Subprocesses.Observing;
using Telar.Subprocesses.Output;

namespace Telar.Subprocesses;

// State machine (of the object; the child has its own life, see docs/design/subprocesses.md)
//
//                     Detach
//   Owned ---------------------------> Detached
//     |                                   |
//     +-------- Dispose ------> Disposed <+
//
// Invariants
//   I1  At most one call of Communicate is under way (_isCommunicating): it alone touches _exchange and what is in it.
//   I2  The exchange is made by the first Communicate, and from then on owns the pipes it has lanes for.
//   I3  The child is asked to end by Dispose at most once, by the call that finds _isDisposed false, and only when it is owned.
//   I4  Pipes and sinks are released once, by Dispose or by the Communicate that was under way then: a sink's buffer goes back
//       to the pool only when nobody reads into it any more. Dispose writes _isDisposed before it tries _isCommunicating, and
//       a call writes _isCommunicating before it reads _isDisposed: one of the two sees the other.
// Locks
//   _gate guards the making of the text reader and writer, and _isDisposed. Nothing that waits runs under it.
// Ownership
//   This object owns the child, its pipes and the sinks of its output. What options name (handles, streams) is the caller's.

/// <summary>A child process that is talked to while it runs.</summary>
/// <remarks>
/// <para>
/// <see cref="Subprocess.Run(CommandLine, RunOptions, CancellationToken)"/> is simpler where the child only has to be run to
/// its end. <code>
/// using var child = new Popen(["bc"], new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });
/// child.StdinText!.WriteLine("6 * 7");
/// string? answer = child.StdoutText!.ReadLine();
/// </code>
/// </para>
/// <para>
/// Unlike Python's, a child that still runs when this object is disposed is stopped; <see cref="PopenOptions.OnDispose"/> or
/// <see cref="Detach"/> say otherwise. Python: <c>subprocess.Popen</c>.
/// </para>
/// <b>Thread safety.</b> All members may be called from any thread at any time; one <see cref="Communicate"/> at a time, and
/// each stream by one reader or writer at a time.
/// </remarks>
public sealed partial class Popen : IDisposable, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly PopenOptions _options;
    private readonly LaunchedChild _child;
    private readonly ChildObservation? _observation;
    private readonly ChildPipe? _stdin;
    private readonly ChildPipe? _stdout;
    private readonly ChildPipe? _stderr;
    private readonly ChildPipe? _terminal;
    private readonly OutputSink? _stdoutSink;
    private readonly OutputSink? _stderrSink;
    private readonly long _started;
    private BufferedStream? _stdinBuffer;
    private StreamWriter? _stdinText;
    private ChildTextReader? _stdoutText;
    private ChildTextReader? _stderrText;
    private bool _isDetached;
    private bool _isDisposed;

    /// <summary>Starts a program.</summary>
    /// <param name="args">The program and its arguments.</param>
    /// <param name="options">With what, and how it is treated; null for all defaults.</param>
    /// <exception cref="ArgumentException">Options contradict each other or cannot be. Nothing was started.</exception>
    /// <exception cref="FileNotFoundException">There is no such program, or not the interpreter that it needs.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="UnauthorizedAccessException">The program may not be executed, or the directory not be entered.</exception>
    /// <exception cref="PlatformNotSupportedException">An option cannot be had on this system; the message says why.</exception>
    /// <exception cref="IOException">Anything else that prevented the start.</exception>
    /// <exception cref="Exception">
    /// What a listener to traces or figures, or the writer of <see cref="PopenOptions.Echo"/>, has thrown. After any exception no
    /// child and no pipe is left.
    /// </exception>
    public Popen(CommandLine args, PopenOptions? options = null)
        : this(args, options ?? new PopenOptions(), callerStays: false)
    {
    }

    /// <summary>Starts a program.</summary>
    /// <param name="args">The program and its arguments.</param>
    /// <param name="options">With what.</param>
    /// <param name="callerStays">Whether the calling thread waits for the child: see <see cref="Launcher.Start"/>.</param>
    internal Popen(CommandLine args, PopenOptions options, bool callerStays)
    {
        ArgumentNullException.ThrowIfNull(args);
        Args = args;
        _options = options;
        _started = TimeProvider.System.GetTimestamp();
        LaunchedChild? child = null;
        try
        {
            // Before the start, as the files of a tee are opened here.
            _stdoutSink = OutputSinks.Create(_options.Stdout, OutputSource.Stdout, _options, captures: false);
            _stderrSink = OutputSinks.Create(_options.Stderr, OutputSource.Stderr, _options, captures: false);
            Echoes.Write(args, _options);
            _observation = ChildObservation.Begin(args, _options);
            child = Launcher.Start(args, _options, callerStays);
            _observation?.Started(child.Process);
        }
        catch (Exception failure)
        {
            // A listener that throws is the user's code: it may not leave a child that nobody has an object for.
            child?.KillAndDispose();
            _stdoutSink?.Dispose();
            _stderrSink?.Dispose();
            _observation?.FailedToStart(failure);
            throw;
        }

        _child = child;
        _stdin = Pipe(_child.Stdin, FileAccess.Write, "standard input");
        _stdout = Pipe(_child.Stdout, FileAccess.Read, "standard output");
        _stderr = Pipe(_child.Stderr, FileAccess.Read, "standard error");
        _terminal = Pipe(_child.Terminal, FileAccess.ReadWrite, "the terminal");
    }

    /// <summary>What was started.</summary>
    public CommandLine Args { get; }

    /// <summary>The child's number; of the shell where a shell runs the command.</summary>
    public int Pid => _child.Process.Id;

    /// <summary>
    /// The exit code; -n when signal n killed the child; <see cref="Subprocess.LostReturnCode"/> when nobody knows; null while
    /// the child runs. Always looks, so that no call of <see cref="Poll"/> is needed before.
    /// </summary>
    public int? ReturnCode => _child.Process.Status?.Code;

    /// <summary>The signal that killed the child; <see cref="Signal.None"/> when none has, or it still runs.</summary>
    public Signal Signal => (Signal)(_child.Process.Status?.Signal ?? 0);

    /// <summary>Whether the child has ended; true from the very moment it has.</summary>
    public bool HasExited => _child.Process.HasExited;

    /// <summary>What the child has used; null while it runs, and where the system does not tell.</summary>
    public ResourceUsage? Usage => _child.Process.Status is { UserTime: { } user, SystemTime: { } system } status
        ? new ResourceUsage(user, system, status.MaxResidentBytes)
        : null;

    /// <summary>A handle of the child: on Linux a pidfd, which becomes readable when the child has ended. Do not close it.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public SafeHandle Handle => _child.Process.Handle;

    /// <summary>
    /// Where to write what the child reads, with <see cref="Stdio.Pipe"/>; null otherwise. Closing it is the end of
    /// the child's input. What is written goes out at once, unless <see cref="PopenOptions.BufferSize"/> is above 0.
    /// </summary>
    public Stream? Stdin
    {
        get
        {
            if (_options.BufferSize <= 0 || _options.Stdin is not PipeStdio || _stdin is null)
            {
                return _options.Stdin is PipeStdio ? _stdin?.Stream : null;
            }

            lock (_gate)
            {
                return _stdinBuffer ??= new BufferedStream(_stdin.Stream, _options.BufferSize);
            }
        }
    }

    /// <summary>Where to read what the child writes, with <see cref="Stdio.Pipe"/>; null otherwise.</summary>
    public Stream? Stdout => _options.Stdout is PipeStdio ? _stdout?.Stream : null;

    /// <summary>Where to read what the child writes to standard error, with <see cref="Stdio.Pipe"/>; null otherwise.</summary>
    public Stream? Stderr => _options.Stderr is PipeStdio ? _stderr?.Stream : null;

    /// <summary><see cref="Stdin"/> as text in <see cref="PopenOptions.Encoding"/>; lines end with LF.</summary>
    public TextWriter? StdinText
    {
        get
        {
            Stream? stream = Stdin;
            lock (_gate)
            {
                return _stdinText ??= stream is null
                    ? null
                    : new StreamWriter(stream, _options.Encoding) { AutoFlush = _options.BufferSize <= 0, NewLine = "\n" };
            }
        }
    }

    /// <summary>
    /// <see cref="Stdout"/> as text in <see cref="PopenOptions.Encoding"/>. It reads ahead, so do not mix it with the stream;
    /// what it has not handed out is the beginning of what <see cref="Communicate"/> returns.
    /// </summary>
    public TextReader? StdoutText => TextOf(ref _stdoutText, Stdout);

    /// <summary><see cref="Stderr"/> as text, in the same way as <see cref="StdoutText"/>.</summary>
    public TextReader? StderrText => TextOf(ref _stderrText, Stderr);

    /// <summary>The child's terminal with <see cref="PopenOptions.Pty"/>: what it shows and what is typed; null without.</summary>
    public Stream? Terminal => _terminal?.Stream;

    /// <summary>The child and our ends of its pipes, for what is built on this class.</summary>
    internal LaunchedChild Child => _child;

    /// <summary>Says it: <c>Popen 4711 `git push`: running</c>.</summary>
    /// <returns>The words.</returns>
    public override string ToString()
    {
        string words = _child.Process.Status?.ToString() ?? "running";
        return $"Popen {Pid} `{FailureText.Command(Args, _options)}`: {words}";
    }

    private ChildPipe? Pipe(SafeFileHandle? handle, FileAccess access, string name) =>
        handle is null ? null : new ChildPipe(handle, access, $"{name} of child {Pid}");

    private ChildTextReader? TextOf(ref ChildTextReader? text, Stream? stream)
    {
        lock (_gate)
        {
            return text ??= stream is null ? null : new ChildTextReader(stream, _options);
        }
    }
}
