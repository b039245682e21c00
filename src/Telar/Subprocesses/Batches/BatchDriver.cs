using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Telar.Subprocesses;

// Ownership
//   One loop owns the core, the job log and all jobs. Whatever happens elsewhere (a child ends, a command is read, a token is
//   cancelled, a timer rings) comes to it as an action through _inbox and is done there, one at a time. So nothing here has a lock,
//   and code of the caller is called by the loop alone, aside from the source of commands and the lines of children.
//   The loop ends only when no attempt runs any more: nothing outlives RunAsync, but a read of a source that blocks.

/// <summary>Runs a batch: does what <see cref="BatchCore"/> decides, and tells it what happened.</summary>
internal sealed class BatchDriver : IAsyncDisposable
{
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromMilliseconds(50);

    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly BatchOptions _options;
    private readonly BatchSource _source;
    private readonly Action<BatchResult> _deliver;
    private readonly bool _waitsForTaking;
    private readonly BatchCore _core;
    private readonly ISubprocessRunner _runner;
    private readonly TimeProvider _time;
    private readonly long _start;
    private BatchOutput? _output;
    private JobLog? _log;
    private ExceptionDispatchInfo? _failure;
    private bool _isOver;
    private TimeSpan _nextReport;
    private bool _isReportDue = true;

    /// <param name="source">The commands; disposed at the end.</param>
    /// <param name="options">How to run them; valid.</param>
    /// <param name="deliver">Gets the results, by the loop.</param>
    /// <param name="waitsForTaking">Whether a result counts as taken only by <see cref="Taken"/>.</param>
    public BatchDriver(BatchSource source, BatchOptions options, Action<BatchResult> deliver, bool waitsForTaking)
    {
        _core = new BatchCore(options.Validated());
        _source = source;
        _options = options;
        _deliver = deliver;
        _waitsForTaking = waitsForTaking;
        _runner = options.Runner ?? Subprocess.Default;
        _time = options.TimeProvider;
        _start = _time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>The caller has taken a result.</summary>
    public void Taken() => Post(_core.Taken);

    /// <summary>Closes what the batch reads and writes; done by <see cref="RunAsync"/> at its end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_output is not null)
        {
            await _output.DisposeAsync().ConfigureAwait(false);
        }

        await _source.DisposeAsync().ConfigureAwait(false);
        _log?.Dispose();
    }

    /// <summary>Runs all commands.</summary>
    /// <param name="cancellationToken">Starts nothing more, and stops what runs.</param>
    /// <returns>How it went, without results.</returns>
    /// <exception cref="BatchCanceledException">It was cancelled before everything had been run.</exception>
    /// <exception cref="JobLogException">The job log cannot be read, belongs to another list, or cannot be written.</exception>
    public async Task<BatchReport> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(_ => Post(() => _core.Cease(stopRunning: true)), null);
        using CancellationTokenRegistration noMore =
            _options.StopStarting.UnsafeRegister(_ => Post(() => _core.Cease(stopRunning: false)), null);
        _output = new BatchOutput(_options, problem => Post(() => Fail(problem)), cancellationToken);
        try
        {
            _log = _options.JobLog is { } path ? JobLog.Open(path, _options.JobLogMode, isReadOnly: _options.DryRun) : null;
            await LoopAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }

        TakeMessages(); // a last line may have failed to be written
        _options.Progress?.Report(Progress());
        _failure?.Throw();
        BatchReport report = new([], Progress(), _core.IsComplete, _core.IsHalted);
        return cancellationToken.IsCancellationRequested && !(_core.IsComplete && _core.Count(BatchOutcome.Stopped) == 0)
            ? throw new BatchCanceledException(report, cancellationToken)
            : report;
    }

    private async Task LoopAsync(CancellationToken cancellationToken)
    {
        using ITimer timer = _time.CreateTimer(
            _ => Post(static () => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            TakeMessages();
            TimeSpan now = Now;
            if (_core.TryNext(now, out BatchStep step, out BatchJob? job))
            {
                await DoAsync(step, (BatchRun)job, cancellationToken).ConfigureAwait(false);
            }
            else if (_core.TryRead(now))
            {
                _ = ReadAsync(cancellationToken);
            }
            else if (_core.IsOver)
            {
                _isOver = true;
                return;
            }
            else if (!Report(now))
            {
                await WaitAsync(timer, now).ConfigureAwait(false);
            }
        }
    }

    private void TakeMessages()
    {
        while (_inbox.Reader.TryRead(out Action? happened))
        {
            _isReportDue = true;
            happened();
        }
    }

    private async Task WaitAsync(ITimer timer, TimeSpan now)
    {
        TimeSpan? wake = _core.WakeAt(now);
        if (_isReportDue && _options.Progress is not null && !(wake < _nextReport))
        {
            wake = _nextReport;
        }

        // Timers count whole milliseconds, and none takes more than 49 days. Rounded up, since rounded down the last one would be a busy loop.
        _ = timer.Change(
            wake is { } at ? TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((at - now).TotalMilliseconds), 1, TimeSpan.MillisecondsPerDay)) : Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _ = await _inbox.Reader.WaitToReadAsync().ConfigureAwait(false);
    }

    private bool Report(TimeSpan now)
    {
        if (_options.Progress is not { } progress || !_isReportDue || now < _nextReport)
        {
            return false;
        }

        _isReportDue = false;
        _nextReport = now + s_reportEvery;
        Try(() => progress.Report(Progress()));
        return true;
    }

    private async Task DoAsync(BatchStep step, BatchRun job, CancellationToken cancellationToken)
    {
        try
        {
            switch (step)
            {
                case BatchStep.Start:
                    Start(job);
                    break;
                case BatchStep.Stop:
                    _ = job.Stop!.CancelAsync(); // started, so it has one
                    break;
                case BatchStep.Settle:
                    Settle(job);
                    break;
                default:
                    await EmitAsync(job).ConfigureAwait(false);
                    break;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Output that was being written when the batch was cancelled: the loop goes on until everything has been stopped.
        }
        catch (Exception problem)
        {
            Fail(problem);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            CommandLine? command = await _source.ReadAsync().ConfigureAwait(false);
            Post(() => OnRead(command));
        }
        catch (Exception problem)
        {
            Post(() => OnReadFailed(problem, cancellationToken));
        }
    }

    private void OnReadFailed(Exception problem, CancellationToken cancellationToken)
    {
        // After the end it was the batch that made it fail. And a list may be cancelled by the same token as the batch.
        if (!_isOver)
        {
            if (problem is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                _core.Cease(stopRunning: true);
            }
            else
            {
                Fail(problem);
            }

            _core.EndInput();
        }
    }

    private void OnRead(CommandLine? command)
    {
        if (command is null || _isOver)
        {
            _core.EndInput();
            return;
        }

        JobLogEntry? before = null;
        try
        {
            before = _log?.Find(_core.Read + 1, command, _options.Run);
        }
        catch (Exception problem)
        {
            Fail(problem);
        }

        bool isDone = before is not null && (_options.JobLogMode == JobLogMode.Resume || before.IsSuccess);
        _ = _core.Offer(
            new BatchRun(command) { Before = isDone ? before : null },
            isDone ? BatchOutcome.Skipped : _options.DryRun ? BatchOutcome.DryRun : null);
        if (_core.Read == _source.Total)
        {
            // Known before it is asked for: whoever halts now has cut nothing short.
            _core.EndInput();
        }
    }

    private void Start(BatchRun job)
    {
        job.Stop = new CancellationTokenSource();
        job.Process = null;
        job.Exception = null;
        job.Began = _time.GetUtcNow();
        try
        {
            job.Options = OptionsOf(job);
        }
        catch (Exception problem)
        {
            Fail(problem);
            job.FinishFiles();
            job.Exception = problem;
            _core.Ended(job, BatchOutcome.Failed, mayRepeat: false, Now);
            return;
        }

        // Elsewhere: to start a child takes a millisecond, in which the loop has other things to do.
        _ = Task.Run(() => RunAttemptAsync(job, job.Options, job.Stop.Token), CancellationToken.None);
    }

    private RunOptions OptionsOf(BatchRun job)
    {
        RunOptions run = _options.RunFor?.Invoke(job.Seq, job.Command) ?? _options.Run;
        Dictionary<string, string?> environment = run.ExtraEnv is { } extra ? new(extra) : [];
        environment["TELAR_SEQ"] = $"{job.Seq}";
        environment["TELAR_SLOT"] = $"{job.Slot}";
        return _output!.Apply(run with { Check = false, ExtraEnv = environment }, job); // made before the loop
    }

    /// <summary>Never fails: what happens is told to the loop.</summary>
    private async Task RunAttemptAsync(BatchRun job, RunOptions options, CancellationToken cancellationToken)
    {
        CompletedProcess? process = null;
        Exception? failure = null;
        bool isSuccess = false;
        try
        {
            process = await _runner.RunAsync(job.Command, options, cancellationToken).ConfigureAwait(false);
            isSuccess = process.IsSuccess;
        }
        catch (Exception problem)
        {
            failure = problem;
        }

        Post(() => OnEnded(job, process, failure, isSuccess));
    }

    private void OnEnded(BatchRun job, CompletedProcess? process, Exception? failure, bool isSuccess)
    {
        TimeSpan now = Now;
        job.Process = process;
        job.Exception = failure;
        job.Elapsed = process?.Elapsed ?? now - job.StartedAt;
        _ = Try(job.FinishFiles);
        BatchOutcome outcome = failure switch
        {
            null => isSuccess ? BatchOutcome.Succeeded : BatchOutcome.Failed,
            TimeoutExpiredException => BatchOutcome.TimedOut,
            OperationCanceledException when job.StopReason is { } reason => reason,
            _ => BatchOutcome.Failed,
        };
        bool mayRepeat = outcome is BatchOutcome.Failed or BatchOutcome.TimedOut;
        if (mayRepeat && _options.RetryIf is { } isWorthIt)
        {
            mayRepeat = Try(() => mayRepeat = isWorthIt(job.MakeResult(outcome))) && mayRepeat;
        }

        _core.Ended(job, outcome, mayRepeat, now);
    }

    private void Settle(BatchRun job)
    {
        job.Result = job.MakeResult(job.Outcome);
        if (job.Outcome is BatchOutcome.Succeeded or BatchOutcome.Failed or BatchOutcome.TimedOut && _failure is null)
        {
            _log?.Write(job.Result, _options.Run);
        }
    }

    private async Task EmitAsync(BatchRun job)
    {
        BatchResult result = job.Result!; // settled before
        _deliver(result);
        if (!_waitsForTaking)
        {
            _core.Taken();
        }

        if (_failure is null)
        {
            await (result.Outcome == BatchOutcome.DryRun ? _output!.WriteCommandAsync(job) : _output!.WriteAsync(job, result)) // made before the loop
                .ConfigureAwait(false);
        }
    }

    private BatchProgress Progress() => new(
        _source.Total,
        _core.Count(BatchOutcome.Succeeded),
        _core.Count(BatchOutcome.Failed) + _core.Count(BatchOutcome.TimedOut),
        _core.Count(BatchOutcome.Stopped),
        _core.Count(BatchOutcome.Skipped) + _core.Count(BatchOutcome.DryRun),
        _core.RunningCount,
        Now,
        _core.Remaining(Now, _source.Total));

    private void Post(Action happened) => _ = _inbox.Writer.TryWrite(happened);

    // The first failure is the one that is thrown at the end; until then, what runs is stopped.
    private void Fail(Exception problem)
    {
        _failure ??= ExceptionDispatchInfo.Capture(problem);
        _core.Cease(stopRunning: true);
    }

    private bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception problem)
        {
            Fail(problem);
            return false;
        }
    }
}
