using System.Diagnostics;

namespace Telar.Concurrent.Futures.Observing;

/// <summary>One call as traces, figures and events see it: there only when somebody listens when it is submitted.</summary>
// State machine
//               Began (again when the worker died and the call is run again)
//   Pending ----------------------------------> Running
//      |                                           |
//      +------------ Ended, Refused ---------------+---> Over
//
// Invariants
//   I1  Whoever ends the future calls Ended, once: the winner of Settling (Future.Settling.cs, I1).
//   I2  _worker is written before _began, which is written before the call runs; Ended reads them the other way round.
// Locks
//   None. Listeners run on the thread that submits, begins or ends the call, and under no lock.
// Ownership
//   Made by Executor.SubmitWatched; travels in the options of the call, which no caller sees.
internal sealed class CallObservation
{
    private readonly string _executor;
    private readonly string? _name;
    private readonly Activity? _activity;
    private readonly long _submitted = TimeProvider.System.GetTimestamp();
    private string _worker = "";
    private long _began;
    private int _attempts;

    private CallObservation(Executor executor, CallOptions options)
    {
        _executor = executor.Name;
        _name = options.Name;
        _activity = StartActivity(executor);
        ExecutorEvents.Log.CallSubmitted(_executor, Label);
    }

    /// <summary>Whether somebody listens now.</summary>
    internal static bool IsWanted => (DiagnosticLibrary.IsLoaded && ExecutorMeter.IsObserved) || ExecutorEvents.Log.IsEnabled();

    /// <summary>What a traced call runs under; null when nobody wants a trace.</summary>
    internal Activity? Activity => _activity;

    private string Label => _name ?? "";

    private KeyValuePair<string, object?> ExecutorTag => CallTags.Executor(_executor);

    /// <summary>Begins to observe a call.</summary>
    /// <returns>The call's options, by which the observation reaches whoever runs it.</returns>
    internal static CallOptions Watch(Executor executor, CallOptions options) =>
        options with { Observation = new CallObservation(executor, options) };

    /// <summary>A worker begins the call, or begins it again.</summary>
    internal void Began(string worker)
    {
        long now = TimeProvider.System.GetTimestamp();
        TimeSpan waited = TimeProvider.System.GetElapsedTime(_submitted, now);
        bool isFirst = ++_attempts == 1;
        _worker = worker;
        Volatile.Write(ref _began, now);
        Listeners.Tell(() =>
        {
            if (isFirst)
            {
                ExecutorMeter.WaitTime.Record(waited.TotalSeconds, ExecutorTag);
                _ = _activity?.SetTag(CallTags.QueueTime, waited.TotalSeconds);
            }

            ExecutorEvents.Log.CallBegan(_executor, Label, worker, _attempts, waited.TotalMilliseconds);
        });
    }

    /// <summary>Makes the call's activity the current one of this thread: for executors whose calls run in this process.</summary>
    internal void Enter()
    {
        if (_activity is { IsStopped: false })
        {
            Activity.Current = _activity;
        }
    }

    /// <summary>The call has ended.</summary>
    internal void Ended(Future future) => End(CallTags.OutcomeOf(future.IsCancelled, future.FailureOrNull()), future.FailureOrNull());

    /// <summary>The executor did not take the call: it is broken, or cannot send it.</summary>
    internal void Refused(Exception exception) => End("refused", exception);

    private void End(string outcome, Exception? failure)
    {
        Listeners.Tell(() => CountEnd(outcome, failure));
        Listeners.Tell(() => StopActivity(outcome, failure));
    }

    private void CountEnd(string outcome, Exception? failure)
    {
        long began = Volatile.Read(ref _began);
        TimeSpan ran = began == 0 ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(began);
        KeyValuePair<string, object?> outcomeTag = new(CallTags.Outcome, outcome);
        ExecutorMeter.Completed.Add(1, ExecutorTag, outcomeTag);
        if (began != 0)
        {
            ExecutorMeter.RunTime.Record(ran.TotalSeconds, ExecutorTag, outcomeTag);
        }

        ExecutorEvents.Log.CallEnded(_executor, Label, _worker, outcome, failure?.GetType().FullName ?? "", ran.TotalMilliseconds);
    }

    // The call's time is not the time of whoever submits it: what he does next is no part of the call's activity.
    private Activity? StartActivity(Executor executor)
    {
        Activity? caller = Activity.Current;
        Activity? activity = null;
        Listeners.Tell(() => activity = ExecutorMeter.Source.StartActivity(_name ?? "call", executor.CallKind));
        SetCurrent(caller);
        if (activity is { IsAllDataRequested: true })
        {
            _ = activity.SetTag(CallTags.ExecutorName, executor.Name);
            _ = activity.SetTag(CallTags.ExecutorTypeName, executor.GetType().Name);
            _ = _name is null ? activity : activity.SetTag(CallTags.CallName, _name);
        }

        return activity;
    }

    private void StopActivity(string outcome, Exception? failure)
    {
        if (_activity is not { } activity)
        {
            return;
        }

        if (activity.IsAllDataRequested)
        {
            _ = activity.SetTag(CallTags.Outcome, outcome);
            _ = _attempts == 0 ? activity : activity.SetTag(CallTags.Worker, _worker).SetTag(CallTags.Attempts, _attempts);
            if (failure is not null)
            {
                _ = activity.SetTag(CallTags.ErrorType, failure.GetType().FullName).SetStatus(ActivityStatusCode.Error, failure.Message);
                _ = activity.AddException(failure);
            }
        }

        // By itself it would make the submitter's activity the current one of this thread, which may be anybody's.
        Activity? current = Activity.Current;
        try
        {
            activity.Stop();
        }
        finally
        {
            SetCurrent(current == activity ? activity.Parent : current);
        }
    }

    // One that was stopped and left there cannot be made the current one again.
    private static void SetCurrent(Activity? activity) => Activity.Current = activity is { IsStopped: true } ? null : activity;
}
