using System.Diagnostics;
using Telar.Internal.Processes;
using Telar.Subprocesses.Exchanges;
using Telar.Subprocesses.Messages;

namespace Telar.Subprocesses.Observing;

/// <summary>One child as traces and figures see it: there only when somebody listens when it is started.</summary>
/// <remarks>
/// Names are those of OpenTelemetry's conventions for command-line programs. No secret is in them; see <see cref="Redaction"/>.
/// </remarks>
// State machine
//                 Started                 Ended
//   Begun ------------------> Running ------------> Over
//     |                                              ^
//     +---- FailedToStart ---------------------------+
//
// Invariants
//   I1  Whoever changes _isOver from 0 to 1 reports the end, and nobody else: a child that counts as running stops to do so once.
//   I2  _reason is written before the child is stopped, so whoever sees the end sees the reason.
// Locks
//   None. Listeners run on the thread that reports.
// Ownership
//   Made by the launcher; whoever sees the end of the child first (a waiting thread, or the watcher) ends it.
internal sealed class ChildObservation
{
    private const string ErrorType = "error.type";

    private readonly CommandLine _command;
    private readonly PopenOptions _options;
    private readonly string _name;
    private readonly Activity? _activity;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private volatile string? _reason;
    private int _isOver;

    private ChildObservation(CommandLine command, PopenOptions options)
    {
        _command = command;
        _options = options;
        string program = options.Executable ?? (command.IsShell ? "sh" : command.FileName);
        _name = Redaction.Hide(Path.GetFileName(program), options);
        _activity = StartActivity(program);
    }

    private KeyValuePair<string, object?> NameTag => new("process.executable.name", _name);

    /// <summary>Begins to observe the start of a child.</summary>
    /// <returns>Null when nobody listens; this costs nothing then.</returns>
    internal static ChildObservation? Begin(CommandLine command, PopenOptions options) =>
        SubprocessMeter.IsObserved ? new ChildObservation(command, options) : null;

    /// <summary>Counts bytes that have been captured.</summary>
    internal static void CountCaptured(CapturedOutput stdout, CapturedOutput stderr)
    {
        if (SubprocessMeter.Captured.Enabled)
        {
            SubprocessMeter.Captured.Add((stdout.IsCaptured ? stdout.Length : 0) + (stderr.IsCaptured ? stderr.Length : 0));
        }
    }

    /// <summary>The child could not be started.</summary>
    internal void FailedToStart(Exception failure)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            Fail(failure.GetType().FullName!, Redaction.Hide(failure.Message, _options)); // not null: no type parameter
            _activity?.Dispose();
        }
    }

    /// <summary>The child runs. From now on its end is seen, whoever waits for it.</summary>
    internal void Started(ChildProcess child)
    {
        _activity?.SetTag("process.pid", child.Id);
        SubprocessMeter.Started.Add(1, NameTag);
        SubprocessMeter.Running.Add(1, NameTag);
        _ = child.Exited.ContinueWith(
            static (exited, state) => ((ChildObservation)state!).Ended(exited.Result.Code), // not null: given in the next line
            this,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>The child is about to be stopped.</summary>
    /// <param name="outcome">Why; a complete exchange is no reason.</param>
    internal void Stopping(ExchangeOutcome outcome) => _reason ??= outcome switch
    {
        ExchangeOutcome.Complete => null,
        ExchangeOutcome.TimedOut => "timeout",
        ExchangeOutcome.Canceled => "cancelled",
        _ => "output",
    };

    /// <summary>The child has ended. Whoever knows it first says it; later calls do nothing.</summary>
    internal void Ended(int returnCode)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return;
        }

        SubprocessMeter.Running.Add(-1, NameTag);
        string? reason = _reason ?? (IsSuccess(returnCode) ? null : ErrorOf(returnCode));
        KeyValuePair<string, object?> error = new(ErrorType, reason);
        SubprocessMeter.Duration.Record(
            TimeProvider.System.GetElapsedTime(_began).TotalSeconds, reason is null ? [NameTag] : [NameTag, error]);
        _activity?.SetTag("process.exit.code", returnCode);
        if (reason is not null)
        {
            Fail(reason, ReturnCodeText.Of(returnCode));
        }

        _activity?.Dispose();
    }

    private static string ErrorOf(int returnCode) =>
        returnCode == Subprocess.LostReturnCode ? "lost"
        : returnCode < 0 && !OperatingSystem.IsWindows() ? SignalName.Of(-returnCode)
        : returnCode.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // The user's function has its own place to throw: the run that asks for its verdict.
    private bool IsSuccess(int returnCode)
    {
        try
        {
            return _options.IsSuccess?.Invoke(returnCode) ?? returnCode == 0;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private void Fail(string error, string description)
    {
        SubprocessMeter.Failed.Add(1, NameTag, new KeyValuePair<string, object?>(ErrorType, error));
        _activity?.SetTag(ErrorType, error);
        _activity?.SetStatus(ActivityStatusCode.Error, description);
    }

    // The child's time is not the time of whoever started it: what the caller does next is not part of the child's activity.
    private Activity? StartActivity(string program)
    {
        Activity? caller = Activity.Current;
        Activity? activity;
        try
        {
            activity = SubprocessMeter.Source.StartActivity(_name, ActivityKind.Client);
        }
        finally
        {
            Activity.Current = caller;
        }

        if (activity is { IsAllDataRequested: true })
        {
            _ = activity.SetTag("process.executable.name", _name);
            _ = activity.SetTag("process.executable.path", Redaction.Hide(program, _options));
            _ = activity.SetTag("process.command_args", _command.Select(word => Redaction.Hide(word, _options)).ToArray());
            _ = _options.Cwd is { } directory ? activity.SetTag("process.working_directory", directory) : activity;
        }

        return activity;
    }
}
