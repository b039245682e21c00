namespace Telar.Sched;

// State machine (all transitions under the scheduler's lock)
//
//                Pause                 Cancel, the scheduler's Stop, or no more times
//   Scheduled <--------> Paused   any ------------------------------------------------> Ended
//                Resume
//
// Invariants
//   I1  _state is not Ended  =>  _planned is the time of the trigger that was not decided about yet.
//   I2  _event is in the scheduler's queue  <=>  _state is Scheduled, and not _isDeciding (between I2's two sides only TryTake).
//   I3  _isDeciding: one thread has taken _event, and asks the trigger outside the lock. Only that thread sets _planned and clears it;
//       Resume leaves the job to it.
//   I4  _waiting is not empty  =>  _running is not empty: each end of a run starts what waits.
//   I5  _completion is completed  =>  _state is Ended, and nothing runs or waits. What ends the last of the three completes it.
// Locks
//   The scheduler's lock guards all fields. The trigger, the runner, tokens and handlers of events run outside it: what is decided under
//   the lock is written into a JobEffects, and done after its release.
// Ownership
//   Whoever removes an event from the queue (TryTake) and finds it in _event decides about that time, alone.
public sealed partial class Job
{
    private readonly JobScheduler _scheduler;
    private readonly Func<CancellationToken, Task> _action;
    private readonly Action<ScheduledEvent<DateTimeOffset>> _onDue;
    private readonly List<JobExecution> _running = [];
    private readonly Queue<DateTimeOffset> _waiting = new();
    private readonly Queue<JobRun> _history = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobState _state;
    private ScheduledEvent<DateTimeOffset>? _event;
    private DateTimeOffset? _planned;
    private TimeSpan _jitter;
    private TimeSpan _clockSteps;
    private bool _isDeciding;

    /// <summary>Begins to wait for the first time of the trigger. The caller has just added the job, and arms the timer.</summary>
    internal void Begin_NeedsLock(DateTimeOffset? first, JobEffects effects) => Plan_NeedsLock(first, effects);

    /// <summary>Moves with the computer's clock, which was set by so much.</summary>
    internal void FollowClock_NeedsLock(TimeSpan step)
    {
        if (Trigger.IsElapsedTime && _state != JobState.Ended)
        {
            _clockSteps += step;
            if (!_isDeciding)
            {
                Unschedule_NeedsLock();
                _planned += step;
                Schedule_NeedsLock();
            }
        }
    }

    internal void Perform(JobEffects effects)
    {
        foreach (JobExecution execution in effects.Cancel)
        {
            execution.Cancel();
        }

        foreach (JobRun run in effects.Report)
        {
            _scheduler.Report(this, run);
        }

        foreach (JobExecution execution in effects.Start)
        {
            _ = RunAsync(execution);
        }

        if (effects.IsOver)
        {
            _scheduler.Forget(this);
            _completion.TrySetResult();
        }
    }

    private void OnDue(ScheduledEvent<DateTimeOffset> due)
    {
        DateTimeOffset now = _scheduler.Now;
        DateTimeOffset planned;
        TimeSpan late;
        TimeSpan clockSteps;
        lock (_scheduler.Lock)
        {
            if (_event != due || _planned is not { } time)
            {
                return; // paused, cancelled or moved since it was taken
            }

            (_event, _isDeciding) = (null, true);
            (planned, late, clockSteps) = (time, now - due.Time, _clockSteps);
        }

        (bool isLeftOut, DateTimeOffset after) = Judge(planned, late, now);
        DateTimeOffset? next = null;
        Exception? failure = null;
        try
        {
            next = Trigger.NextChecked(after, planned);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        JobEffects effects = new();
        lock (_scheduler.Lock)
        {
            _isDeciding = false;
            if (_state == JobState.Ended)
            {
                return;
            }

            if (isLeftOut)
            {
                Record_NeedsLock(new JobRun(planned, null, now, JobOutcome.Missed, null), effects);
            }
            else
            {
                Admit_NeedsLock(planned, now, effects);
            }

            if (failure is not null)
            {
                Record_NeedsLock(new JobRun(planned, null, now, JobOutcome.Failed, failure), effects);
            }

            Plan_NeedsLock(next + (_clockSteps - clockSteps), effects);
        }

        Perform(effects);
    }

    /// <summary>Whether a run is too late to start at all, and after which time the next one is looked for.</summary>
    private (bool IsLeftOut, DateTimeOffset After) Judge(DateTimeOffset planned, TimeSpan late, DateTimeOffset now)
    {
        bool isMissed = late > Options.MisfireThreshold;
        return Options.Misfire switch
        {
            // What is late, but not missed, is left to the next turns.
            MisfirePolicy.Skip when isMissed => (true, now - Options.MisfireThreshold - TimeSpan.FromTicks(1)),
            MisfirePolicy.RunOnce when isMissed => (false, now),
            _ => (false, planned),
        };
    }

    private void Plan_NeedsLock(DateTimeOffset? time, JobEffects effects)
    {
        _planned = time;
        _jitter = new TimeSpan(Random.Shared.NextInt64(Options.Jitter.Ticks));
        if (time is null)
        {
            End_NeedsLock(effects);
        }
        else
        {
            Schedule_NeedsLock();
        }
    }

    private DateTimeOffset? Start_NeedsLock() =>
        _planned is { } time && DateTimeOffset.MaxValue - time < _jitter ? DateTimeOffset.MaxValue : _planned + _jitter;

    private void Schedule_NeedsLock()
    {
        if (_state == JobState.Scheduled && !_isDeciding && Start_NeedsLock() is { } start)
        {
            _event = _scheduler.Queue.Enter(start, 0, _onDue);
        }
    }

    private void Unschedule_NeedsLock()
    {
        if (_event is { } scheduled)
        {
            _ = _scheduler.Queue.Cancel(scheduled);
            _event = null;
        }
    }

    /// <summary>Lets a run start, wait or be left out.</summary>
    private void Admit_NeedsLock(DateTimeOffset scheduledFor, DateTimeOffset now, JobEffects effects)
    {
        if (_running.Count == 0 || Options.Overlap == OverlapPolicy.Allow)
        {
            StartRun_NeedsLock(scheduledFor, now, effects);
            return;
        }

        switch (Options.Overlap)
        {
            case OverlapPolicy.CancelPrevious:
                LeaveOutWaiting_NeedsLock(JobOutcome.Skipped, now, effects);
                effects.Cancel.AddRange(_running);
                _waiting.Enqueue(scheduledFor);
                break;
            case OverlapPolicy.Queue when _waiting.Count < Options.QueueLimit:
                _waiting.Enqueue(scheduledFor);
                break;
            default:
                Record_NeedsLock(new JobRun(scheduledFor, null, now, JobOutcome.Skipped, null), effects);
                break;
        }
    }

    private void StartRun_NeedsLock(DateTimeOffset scheduledFor, DateTimeOffset now, JobEffects effects)
    {
        JobExecution execution = new(scheduledFor, now);
        _running.Add(execution);
        effects.Start.Add(execution);
    }

    private void LeaveOutWaiting_NeedsLock(JobOutcome outcome, DateTimeOffset now, JobEffects effects)
    {
        while (_waiting.TryDequeue(out DateTimeOffset scheduledFor))
        {
            Record_NeedsLock(new JobRun(scheduledFor, null, now, outcome, null), effects);
        }
    }

    private void Record_NeedsLock(JobRun run, JobEffects effects)
    {
        effects.Report.Add(run);
        _history.Enqueue(run);
        if (_history.Count > Options.HistoryLimit)
        {
            _ = _history.Dequeue();
        }
    }

    private void End_NeedsLock(JobEffects effects)
    {
        _state = JobState.Ended;
        effects.IsOver = _running.Count == 0 && _waiting.Count == 0;
    }

    private async Task RunAsync(JobExecution execution)
    {
        JobOutcome outcome = JobOutcome.Succeeded;
        Exception? failure = null;
        try
        {
            JobRunner runner = Options.Runner ?? _scheduler.Runner;
            await runner(_action, execution.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            bool isCancelled = exception is OperationCanceledException && execution.Token.IsCancellationRequested;
            (outcome, failure) = (isCancelled ? JobOutcome.Cancelled : JobOutcome.Failed, exception);
        }

        DateTimeOffset now = _scheduler.Now;
        JobEffects effects = new();
        lock (_scheduler.Lock)
        {
            _ = _running.Remove(execution);
            Record_NeedsLock(new JobRun(execution.ScheduledFor, execution.Started, now, outcome, failure), effects);
            if (_running.Count == 0 && _waiting.TryDequeue(out DateTimeOffset scheduledFor))
            {
                StartRun_NeedsLock(scheduledFor, now, effects);
            }

            if (_state == JobState.Ended)
            {
                End_NeedsLock(effects);
            }
        }

        Perform(effects);
    }
}
