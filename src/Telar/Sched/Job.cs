using System.Diagnostics;

namespace Telar.Sched;

// Its states, invariants and locks: Job.Running.cs.

/// <summary>Something that a <see cref="JobScheduler"/> runs at the times of a <see cref="Sched.Trigger"/>.</summary>
/// <remarks>
/// <para>Made by <c>JobScheduler.Add</c>. Python has no such class.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once, also by the job's own action.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class Job
{
    internal Job(JobScheduler scheduler, string name, Trigger trigger, Func<CancellationToken, Task> action, JobOptions options)
    {
        Name = name;
        Trigger = trigger;
        Options = options;
        _scheduler = scheduler;
        _action = action;
        _onDue = OnDue;
    }

    /// <summary>The name of the job in messages.</summary>
    public string Name { get; }

    /// <summary>The times at which it runs.</summary>
    public Trigger Trigger { get; }

    /// <summary>How it runs.</summary>
    public JobOptions Options { get; }

    /// <summary>Where the job is in its life.</summary>
    /// <value>A snapshot: only <see cref="JobState.Ended"/> lasts.</value>
    public JobState State
    {
        get
        {
            lock (_scheduler.Lock)
            {
                return _state;
            }
        }
    }

    /// <summary>When it starts next, jitter included.</summary>
    /// <value>
    /// <see langword="null"/> when it has ended. Of a paused job, when it would start; that may be in the past.
    /// </value>
    public DateTimeOffset? NextRun
    {
        get
        {
            lock (_scheduler.Lock)
            {
                return _state == JobState.Ended ? null : Start_NeedsLock();
            }
        }
    }

    /// <summary>How many of its runs have started and not ended.</summary>
    public int RunningCount
    {
        get
        {
            lock (_scheduler.Lock)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>How many runs wait for an earlier one to end.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_scheduler.Lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>What became of its last runs, in the order in which they ended.</summary>
    /// <value>A snapshot of at most <see cref="JobOptions.HistoryLimit"/>, the newest one last.</value>
    public IReadOnlyList<JobRun> History
    {
        get
        {
            lock (_scheduler.Lock)
            {
                return [.. _history];
            }
        }
    }

    /// <summary>Ends when the job has ended, and its last run too. Never fails: what runs threw is in <see cref="History"/>.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The next times of the trigger, without jitter.</summary>
    /// <param name="count">How many at most.</param>
    /// <returns>The times in their order; fewer than <paramref name="count"/> when there are no more, none when the job has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public IReadOnlyList<DateTimeOffset> NextRuns(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        DateTimeOffset? planned;
        lock (_scheduler.Lock)
        {
            planned = _state == JobState.Ended ? null : _planned;
        }

        return Trigger.Following(count, planned);
    }

    /// <summary>Starts a run now, besides those of the trigger. What runs already decides as for others (<see cref="JobOptions.Overlap"/>).</summary>
    /// <exception cref="InvalidOperationException">The job has ended.</exception>
    public void RunNow()
    {
        JobEffects effects = new();
        DateTimeOffset now = _scheduler.Now;
        bool hasEnded;
        lock (_scheduler.Lock)
        {
            hasEnded = _state == JobState.Ended;
            if (!hasEnded)
            {
                Admit_NeedsLock(now, now, effects);
            }
        }

        if (hasEnded)
        {
            throw new InvalidOperationException(
                $"{this} cannot run: its trigger has no more times, it was cancelled, or its scheduler was stopped. Add it again.");
        }

        Perform(effects);
    }

    /// <summary>Starts no more runs until <see cref="Resume"/>. Runs that have started, or wait for one that has, go on.</summary>
    /// <returns>Whether the job is paused now because of this call; <see langword="false"/> when it was, or has ended.</returns>
    public bool Pause()
    {
        lock (_scheduler.Lock)
        {
            if (_state != JobState.Scheduled)
            {
                return false;
            }

            _state = JobState.Paused;
            Unschedule_NeedsLock();
            return true;
        }
    }

    /// <summary>Starts runs again. Those whose time came during the pause were missed: see <see cref="MisfirePolicy"/>.</summary>
    /// <returns>Whether the job goes on because of this call; <see langword="false"/> when it was not paused.</returns>
    public bool Resume()
    {
        lock (_scheduler.Lock)
        {
            if (_state != JobState.Paused)
            {
                return false;
            }

            _state = JobState.Scheduled;
            Schedule_NeedsLock();
        }

        _scheduler.Arm();
        return true;
    }

    /// <summary>Ends the job: it starts no more runs, and those that wait for an earlier one are cancelled.</summary>
    /// <param name="cancelRunning">Whether to cancel the token of the runs that have started. Without it they go on.</param>
    /// <returns>Whether the job has ended because of this call; <see langword="false"/> when it had ended before.</returns>
    /// <remarks>It does not wait: <see cref="Completion"/> says when the last run has ended.</remarks>
    public bool Cancel(bool cancelRunning = false)
    {
        JobEffects effects = new();
        DateTimeOffset now = _scheduler.Now;
        bool hasEnded;
        lock (_scheduler.Lock)
        {
            hasEnded = _state != JobState.Ended;
            Unschedule_NeedsLock();
            LeaveOutWaiting_NeedsLock(JobOutcome.Cancelled, now, effects);
            if (cancelRunning)
            {
                effects.Cancel.AddRange(_running);
            }

            End_NeedsLock(effects);
        }

        Perform(effects);
        return hasEnded;
    }

    /// <summary>Name, trigger and state of the job.</summary>
    /// <returns>For example <c>job 'backup' (cron '0 3 * * *' in Europe/Madrid, Scheduled)</c>.</returns>
    public override string ToString() => $"job '{Name}' ({Trigger}, {State})";
}
