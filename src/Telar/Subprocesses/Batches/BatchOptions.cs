namespace Telar.Subprocesses;

/// <summary>How a batch is run.</summary>
/// <remarks><b>Thread safety.</b> Immutable, the streams in it aside: one object may serve any number of batches.</remarks>
public sealed record BatchOptions
{
    /// <summary>How many commands run at once.</summary>
    /// <value>Default: one a processor. 0: all of them.</value>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>How each command is run. <see cref="RunOptions.Check"/> has no meaning here: a failure is a result.</summary>
    /// <value>Default: output is captured.</value>
    public RunOptions Run { get; init; } = new() { CaptureOutput = true };

    /// <summary>
    /// How one command is run, when they differ: called with its place in the list, from 1, and the command, before each attempt.
    /// What it throws ends the batch.
    /// </summary>
    /// <value>Default null: as <see cref="Run"/> says.</value>
    public Func<int, CommandLine, RunOptions>? RunFor { get; init; }

    /// <summary>What runs the commands.</summary>
    /// <value>Default null: the system.</value>
    public ISubprocessRunner? Runner { get; init; }

    /// <summary>Whether results and grouped output come in the order of the list.</summary>
    /// <value>Default false: as commands end.</value>
    public bool KeepOrder { get; init; }

    /// <summary>
    /// How many commands may be under way at most: read from the list, and their results not yet taken or, because of
    /// <see cref="KeepOrder"/>, held back. So an endless list needs no endless memory.
    /// </summary>
    /// <value>1 or more; below <see cref="Jobs"/> it also limits how many run. Default 10 000.</value>
    public int Window { get; init; } = 10_000;

    /// <summary>The least time between two starts, for what does not like to be asked by all at once.</summary>
    /// <value>Default 0.</value>
    public TimeSpan StartDelay { get; init; }

    /// <summary>How long an attempt may take; it is stopped then.</summary>
    /// <value>Default null: as long as it likes.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// How many times as long as the median of the last 255 successes an attempt may take; it is stopped then. With
    /// <see cref="Timeout"/> whichever is shorter counts.
    /// </summary>
    /// <value>Above 1; default null: no such limit.</value>
    public double? TimeoutFactor { get; init; }

    /// <summary>How many successes the median needs; until then <see cref="TimeoutFactor"/> limits nothing.</summary>
    /// <value>1 to 255; default 3.</value>
    public int TimeoutSamples { get; init; } = 3;

    /// <summary>How often a command that failed or took too long is tried again.</summary>
    /// <value>Default 0.</value>
    public int Retries { get; init; }

    /// <summary>The pause before the first retry. Other commands run meanwhile.</summary>
    /// <value>Default 0.</value>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>By what the pause grows from retry to retry.</summary>
    /// <value>1 or more; default 2.</value>
    public double RetryBackoff { get; init; } = 2;

    /// <summary>The longest pause.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Which failures are tried again.</summary>
    /// <value>Default null: all.</value>
    public Func<BatchResult, bool>? RetryIf { get; init; }

    /// <summary>When the batch gives up.</summary>
    /// <value>Default: <see cref="HaltPolicy.Never"/>.</value>
    public HaltPolicy Halt { get; init; } = HaltPolicy.Never;

    /// <summary>
    /// A file that gets one line for each command that has ended, with the columns that GNU parallel has. A line is written at once
    /// and as a whole when its command has ended, so the file is right whenever this process dies.
    /// </summary>
    /// <value>Default null: none.</value>
    public string? JobLog { get; init; }

    /// <summary>What happens with a job log that is there already.</summary>
    /// <value>Default: <see cref="JobLogMode.CreateNew"/>.</value>
    public JobLogMode JobLogMode { get; init; }

    /// <summary>
    /// A directory that gets a directory for each command, named by its place in the list, with its captured output in the files
    /// <c>stdout</c> and <c>stderr</c>. They are written while it runs, so that no output is kept in memory but its end; they are complete
    /// before the job log has the command, and of a command that was stopped they have what there was. A file that cannot be written
    /// ends the batch.
    /// </summary>
    /// <value>Default null: none.</value>
    public string? ResultsDirectory { get; init; }

    /// <summary>
    /// A stream that gets the captured standard output of all commands: in the order in which they end, or of the list with
    /// <see cref="KeepOrder"/>. When it throws, the batch stops and throws that.
    /// </summary>
    /// <value>Default null: none. It stays open.</value>
    public Stream? Stdout { get; init; }

    /// <summary>A stream that gets the captured standard error of all commands, as <see cref="Stdout"/>.</summary>
    /// <value>Default null: none. It stays open.</value>
    public Stream? Stderr { get; init; }

    /// <summary>In which pieces output is written to <see cref="Stdout"/> and <see cref="Stderr"/>.</summary>
    /// <value>Default: <see cref="OutputGrouping.ByJob"/>.</value>
    public OutputGrouping Grouping { get; init; }

    /// <summary>What each line in <see cref="Stdout"/> and <see cref="Stderr"/> begins with: made from the place in the list and the command.</summary>
    /// <value>Default null: nothing.</value>
    public Func<int, CommandLine, string>? Tag { get; init; }

    /// <summary>Is told how far the batch has come: at most about twenty times a second, never by two threads at once, and at the end.</summary>
    /// <value>Default null: nobody.</value>
    public IProgress<BatchProgress>? Progress { get; init; }

    /// <summary>
    /// Whether nothing is run and no file is touched: the commands go to <see cref="Stdout"/>, one a line, and the results say
    /// <see cref="BatchOutcome.DryRun"/>. A job log that is resumed is read.
    /// </summary>
    /// <value>Default false.</value>
    public bool DryRun { get; init; }

    /// <summary>
    /// When it is cancelled, no more commands start, those that run end in peace, and the batch ends without an exception. (The token
    /// given to the batch itself also stops what runs.)
    /// </summary>
    /// <value>Default: never.</value>
    public CancellationToken StopStarting { get; init; }

    /// <summary>Whose time it is.</summary>
    /// <value>Default: <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Checks everything before the batch begins.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or two of them do not go together.</exception>
    internal BatchRules Validated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Jobs);
        ArgumentNullException.ThrowIfNull(Run);
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StartDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(Timeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(TimeoutFactor ?? 1, 1, nameof(TimeoutFactor));
        ArgumentOutOfRangeException.ThrowIfLessThan(TimeoutSamples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(TimeoutSamples, DurationSample.Capacity);
        ArgumentOutOfRangeException.ThrowIfNegative(Retries);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryBackoff, 1);
        ArgumentNullException.ThrowIfNull(Halt);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (JobLog is null && JobLogMode != JobLogMode.CreateNew)
        {
            throw new ArgumentException($"JobLogMode is {JobLogMode}, but there is no JobLog: name the file.", nameof(JobLogMode));
        }

        bool isCaptured = Run.CaptureOutput || Run.Stdout is not null || Run.Stderr is not null;
        if (!isCaptured && (Stdout is not null || Stderr is not null || ResultsDirectory is not null))
        {
            throw new ArgumentException(
                "There is a stream or a directory for the output of the batch, but the output is not captured: set Run.CaptureOutput.",
                nameof(Run));
        }

        return new BatchRules
        {
            Jobs = Jobs == 0 ? int.MaxValue : Jobs,
            KeepOrder = KeepOrder,
            Window = Window,
            StartDelay = StartDelay,
            Halt = Halt,
            Timeout = Timeout,
            TimeoutFactor = TimeoutFactor,
            TimeoutSamples = TimeoutSamples,
            Retries = Retries,
            RetryDelay = RetryDelay,
            RetryBackoff = RetryBackoff,
            MaxRetryDelay = MaxRetryDelay,
        };
    }
}
