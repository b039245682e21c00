namespace Telar.Concurrent.Futures;

/// <summary>What a call of an executor can know about itself, and how it tells its progress.</summary>
/// <remarks>
/// <para>
/// <see cref="Current"/> finds it, in the call and in what the call starts, on every executor, in this process or another:
/// <c>TaskContext.Current?.Report(done / total)</c>.
/// </para>
/// <para>Python has none.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public sealed class TaskContext
{
    private static readonly AsyncLocal<TaskContext?> s_current = new();

    // Of a call without options: it has nothing to say, and nobody listens to it.
    private static readonly TaskContext s_plain = new(null, 1, null, CancellationToken.None);

    [ThreadStatic]
    private static bool t_runsPlainCall;

    private readonly Action<TaskProgress>? _report;

    private TaskContext(string? name, int attempt, Action<TaskProgress>? report, CancellationToken cancellationToken)
    {
        Name = name;
        Attempt = attempt;
        CancellationToken = cancellationToken;
        _report = report;
    }

    /// <summary>That of the call which this code belongs to.</summary>
    /// <value>
    /// <see langword="null"/> outside of calls, and in what a call without options and token has started on other threads of this process: there
    /// is nothing to know.
    /// </value>
    public static TaskContext? Current => s_current.Value ?? (t_runsPlainCall ? s_plain : null);

    /// <summary>The name of the call (<see cref="CallOptions.Name"/>).</summary>
    /// <value><see langword="null"/> when it was given none.</value>
    public string? Name { get; }

    /// <summary>How often the call was started, this time included: above 1 after the death of a worker, or a failure that is retried.</summary>
    public int Attempt { get; }

    /// <summary>Cancelled when the call is to stop; the same one that a function with a token is given.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Tells whoever gave the call its <see cref="CallOptions.Progress"/> how far it has come.</summary>
    /// <param name="fraction">From 0 to 1, as a rule; any number arrives as it is.</param>
    /// <param name="message">
    /// What the call does now; at most 4096 characters of it cross the border of a process. <see langword="null"/> for nothing.
    /// </param>
    /// <remarks>
    /// Without a listener, and once the call has ended, it does nothing. In this process the listener runs here, in this method. From another
    /// process reports arrive in order, and before the end of the call; of those that follow each other within 20 ms the last one is sent.
    /// </remarks>
    public void Report(double fraction, string? message = null) => _report?.Invoke(new TaskProgress(fraction, message));

    /// <summary>Makes the context of a call that runs in this process the current one of this flow.</summary>
    internal static void Enter(CallOptions options, Future future, CancellationToken cancellationToken) =>
        s_current.Value = new TaskContext(
            options.Name,
            options.Attempt,
            options.Progress is { } listener ? progress => Deliver(listener, future, progress) : null,
            cancellationToken);

    /// <summary>Makes the context of a call that came from another process the current one of this flow.</summary>
    internal static void Enter(string? name, int attempt, Action<TaskProgress>? report, CancellationToken cancellationToken) =>
        s_current.Value = new TaskContext(name, attempt, report, cancellationToken);

    /// <summary>Says that this thread runs a call without options, or that it does so no longer: dearer means are not for those.</summary>
    internal static void MarkPlainCall(bool isRunning) => t_runsPlainCall = isRunning;

    /// <summary>The context of the calling code's own call, which a call that runs inside of it puts aside.</summary>
    internal static TaskContext? Swap(TaskContext? context)
    {
        TaskContext? before = s_current.Value;
        s_current.Value = context;
        return before;
    }

    /// <summary>Calls a listener, unless the call has ended.</summary>
    internal static void Deliver(IProgress<TaskProgress> listener, Future future, TaskProgress progress)
    {
        if (future.IsDone)
        {
            return;
        }

        try
        {
            listener.Report(progress);
        }
        catch (Exception exception)
        {
            // It has no business in the call, and none in the pool.
            System.Diagnostics.Trace.TraceError($"telar: the progress listener of {future} threw: {exception}");
        }
    }
}
