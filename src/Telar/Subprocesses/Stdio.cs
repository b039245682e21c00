using System.Runtime.InteropServices;

namespace Telar.Subprocesses;

/// <summary>Where one of the three standard streams of a child leads.</summary>
/// <remarks>
/// Python: the values of <c>stdin</c>, <c>stdout</c> and <c>stderr</c>: None, PIPE, DEVNULL, STDOUT, a descriptor, a file.
/// <b>Thread safety.</b> Immutable; what it names (a handle, a stream) belongs to the caller and is never closed here.
/// </remarks>
public abstract record Stdio
{
    private protected Stdio()
    {
    }

    /// <summary>The stream of this process. Python: <c>None</c>.</summary>
    public static Stdio Inherit { get; } = new InheritStdio();

    /// <summary>A new pipe; its other end is in the <see cref="Popen"/>, or is captured. Python: <c>subprocess.PIPE</c>.</summary>
    public static Stdio Pipe { get; } = new PipeStdio();

    /// <summary>
    /// The null device: input is at its end at once, output is accepted and forgotten. Python: <c>subprocess.DEVNULL</c>.
    /// </summary>
    public static Stdio DevNull { get; } = new DevNullStdio();

    /// <summary>
    /// Only for standard error: wherever standard output leads, in the order in which the child writes. Python:
    /// <c>subprocess.STDOUT</c>.
    /// </summary>
    public static Stdio Stdout { get; } = new MergeStdio();

    /// <summary>A file, opened when the child starts: for reading as input, made or emptied as output.</summary>
    /// <param name="path">Its path, from the directory of this process.</param>
    /// <param name="append">Whether output is added at the end of what the file has.</param>
    /// <returns>The choice.</returns>
    public static Stdio File(string path, bool append = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileStdio(path, append);
    }

    /// <summary>An open descriptor or handle. It stays open here.</summary>
    /// <param name="handle">A file, pipe, socket or terminal.</param>
    /// <returns>The choice.</returns>
    public static Stdio Handle(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return new HandleStdio(handle);
    }

    /// <summary>
    /// Only for output: written into a stream of this process, by whoever runs the child. When the stream throws, the child
    /// is stopped and the exception is the run's.
    /// </summary>
    /// <param name="stream">A writable stream. It is flushed at the end and stays open.</param>
    /// <returns>The choice.</returns>
    public static Stdio Stream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanWrite
            ? new StreamStdio(stream)
            : throw new ArgumentException("Output of a child cannot go into this stream: it is not writable.", nameof(stream));
    }

    /// <summary>Only for output: every line, as it comes and without its end, to a function of this process.</summary>
    /// <param name="action">Called for one line at a time, in order. What it throws stops the child and is the run's exception.</param>
    /// <returns>The choice.</returns>
    public static Stdio Lines(Action<string> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return new LinesStdio(action);
    }

    /// <summary>Only for output: to several places at once; each gets everything.</summary>
    /// <param name="targets">
    /// Any of <see cref="Pipe"/> (captured), <see cref="Inherit"/>, <see cref="File"/>, <see cref="Handle"/>,
    /// <see cref="Stream"/>, <see cref="Lines"/>. The slowest of them sets the pace.
    /// </param>
    /// <returns>The choice.</returns>
    public static Stdio Tee(params ReadOnlySpan<Stdio> targets) => new TeeStdio([.. targets]);
}
