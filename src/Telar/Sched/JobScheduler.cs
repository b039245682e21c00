using System.Diagnostics;

namespace Telar.Sched;

// Invariants
//   I1  Each call of _timer.Change is followed by a look at _armings: when somebody else has looked at the queue meanwhile, this thread
//       looks and arms again. So the last Change is that of the last one who looked, and no earlier event is slept through.
//   I2  _clockSeen and _passedSeen were read together: the calendar and the time that has passed, at the same moment.
// Locks
//   _lock guards the fields here and all state of the jobs. Under it only the lock of the queue is taken. Triggers, runners, handlers, the
//   clock and its timer run outside it.
// Ownership
//   A job belongs to the scheduler from Add until it is over; then it is forgotten here, and lives as long as somebody looks at it.
/// <summary>Runs jobs again and again: at intervals, by the calendar, or once.</summary>
/// <remarks>
/// <para>
/// A job is an action with a <see cref="Trigger"/>, which says when it runs, and <see cref="JobOptions"/>, which say what happens when it
/// runs late or longer than until its next time. It starts as soon as it was added; there is no loop to run.
/// </para>
/// <para>
/// What a job throws goes to its <see cref="Job.History"/> and to <see cref="RunEnded"/>, and the job goes on. Jobs are kept in memory only,
/// and do not keep the program running.
/// </para>
/// <para>
/// Times are those of the calendar: when the computer's clock is set, jobs follow it within a minute. Only the intervals of
/// <see cref="Trigger.Every(TimeSpan)"/> count the time that passes.
/// </para>
/// <para>
/// Disposing ends all jobs and waits for the runs that have started. Inside a run that would wait for itself: call it elsewhere.
/// Python has no such class; <see cref="Scheduler"/> is Python's.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once, also by the actions of jobs.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class JobScheduler : IDisposable, IAsyncDisposable
{
    // How long the setting of the computer's clock may stay unnoticed.
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMinutes(1);

    // Smaller steps are the clock being kept right, and jobs may follow those.
    private static readonly TimeSpan s_smallestStep = TimeSpan.FromSeconds(1);

    private readonly System.Threading.Lock _lock = new();
    private readonly List<Job> _jobs = [];
    private readonly ITimer _timer;
    private readonly long _made;
    private DateTimeOffset _clockSeen;
    private TimeSpan _passedSeen;
    private long _armings;
    private int _added;
    private bool _isStopped;

    /// <summary>Makes a scheduler without jobs.</summary>
    /// <param name="timeProvider">The clock; <see langword="null"/> is the system's. A test gives one that it sets itself.</param>
    /// <param name="runner">What runs the actions; <see langword="null"/> is the thread pool.</param>
    public JobScheduler(TimeProvider? timeProvider = null, JobRunner? runner = null)
    {
        TimeProvider = timeProvider ?? TimeProvider.System;
        Runner = runner ?? (static (action, token) => Task.Run(() => action(token), token));
        (_clockSeen, _made) = (Now, TimeProvider.GetTimestamp());
        _timer = TimeProvider.CreateTimer(
            static scheduler => ((JobScheduler)scheduler!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // `this`
    }

    /// <summary>Raised when a run has ended, and when one was left out. The only news of a job that fails.</summary>
    /// <remarks>
    /// Handlers run on the thread that ended the run and should be quick. What a handler throws is written to standard error, and the jobs go
    /// on.
    /// </remarks>
    public event EventHandler<JobRunEventArgs>? RunEnded;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>What runs the actions of jobs that name no runner of their own.</summary>
    public JobRunner Runner { get; }

    /// <summary>The jobs that have not ended or still run, in the order in which they were added.</summary>
    /// <value>A snapshot.</value>
    public IReadOnlyList<Job> Jobs
    {
        get
        {
            lock (_lock)
            {
                return [.. _jobs];
            }
        }
    }

    internal System.Threading.Lock Lock => _lock;

    internal EventQueue<DateTimeOffset> Queue { get; } = new();

    internal DateTimeOffset Now => TimeProvider.GetUtcNow();

    /// <summary>Adds a job.</summary>
    /// <param name="trigger">When it runs.</param>
    /// <param name="action">What it runs.</param>
    /// <param name="options">How it runs; <see langword="null"/> for the defaults.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ObjectDisposedException">The scheduler was stopped. Nothing was added.</exception>
    public Job Add(Trigger trigger, Action action, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AddCore(
            trigger,
            _ =>
            {
                action();
                return Task.CompletedTask;
            },
            options);
    }

    /// <summary>Adds a job whose runs can be cancelled.</summary>
    /// <param name="trigger">When it runs.</param>
    /// <param name="action">What it runs. Its token is cancelled when the run is to stop.</param>
    /// <param name="options">How it runs; <see langword="null"/> for the defaults.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ObjectDisposedException">The scheduler was stopped. Nothing was added.</exception>
    public Job Add(Trigger trigger, Action<CancellationToken> action, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AddCore(
            trigger,
            token =>
            {
                action(token);
                return Task.CompletedTask;
            },
            options);
    }

    /// <summary>Adds a job that is asynchronous.</summary>
    /// <param name="trigger">When it runs.</param>
    /// <param name="action">What it runs. A run lasts until the task has ended.</param>
    /// <param name="options">How it runs; <see langword="null"/> for the defaults.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ObjectDisposedException">The scheduler was stopped. Nothing was added.</exception>
    public Job Add(Trigger trigger, Func<Task> action, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AddCore(trigger, _ => action(), options);
    }

    /// <summary>Adds a job that is asynchronous, and whose runs can be cancelled.</summary>
    /// <param name="trigger">When it runs.</param>
    /// <param name="action">What it runs. Its token is cancelled when the run is to stop; a run lasts until the task has ended.</param>
    /// <param name="options">How it runs; <see langword="null"/> for the defaults.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ObjectDisposedException">The scheduler was stopped. Nothing was added.</exception>
    public Job Add(Trigger trigger, Func<CancellationToken, Task> action, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AddCore(trigger, action, options);
    }

    /// <summary>Ends all jobs, and waits until the runs that have started have ended. No job can be added any more.</summary>
    /// <param name="cancelRunning">Whether to cancel the tokens of the runs that have started.</param>
    /// <param name="cancellationToken">Cancels the wait. The scheduler stays stopped.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Some runs go on.</exception>
    /// <remarks>May be called again: to cancel after all, or to wait for the rest.</remarks>
    public void Stop(bool cancelRunning = false, CancellationToken cancellationToken = default) =>
        StopCore(cancelRunning).Wait(cancellationToken);

    /// <summary>Ends all jobs, and waits without holding a thread until the runs that have started have ended.</summary>
    /// <param name="cancelRunning">Whether to cancel the tokens of the runs that have started.</param>
    /// <param name="cancellationToken">Cancels the wait. The scheduler stays stopped.</param>
    /// <returns>A task that ends when no run is left.</returns>
    public Task StopAsync(bool cancelRunning = false, CancellationToken cancellationToken = default) =>
        StopCore(cancelRunning).WaitAsync(cancellationToken);

    /// <summary>Ends all jobs, and waits until the runs that have started have ended, as <see cref="Stop"/>.</summary>
    public void Dispose() => Stop();

    /// <summary>Ends all jobs, and waits without holding a thread until the runs that have started have ended.</summary>
    /// <returns>A task that ends when no run is left.</returns>
    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>How many jobs there are.</summary>
    /// <returns>For example <c>JobScheduler (3 jobs)</c>.</returns>
    public override string ToString() => $"JobScheduler ({Jobs.Count} jobs)";

    internal void Report(Job job, JobRun run)
    {
        try
        {
            RunEnded?.Invoke(this, new JobRunEventArgs(job, run));
        }
        catch (Exception exception)
        {
            ReportHandlerFailure(job, exception);
        }
    }

    internal void Forget(Job job)
    {
        lock (_lock)
        {
            _ = _jobs.Remove(job);
        }
    }

    /// <summary>Sets the timer for the first event. To be called, outside the lock, after anything that may have made it earlier.</summary>
    internal void Arm()
    {
        while (true)
        {
            long arming;
            DateTimeOffset? next;
            lock (_lock)
            {
                if (_isStopped)
                {
                    return;
                }

                arming = ++_armings;
                next = Queue.NextTime();
            }

            TimeSpan wait = next - Now ?? Timeout.InfiniteTimeSpan;
            if (next is not null && wait <= TimeSpan.Zero)
            {
                // Not here: the caller has only added or resumed a job.
                ThreadPool.UnsafeQueueUserWorkItem(static scheduler => scheduler.Tick(), this, preferLocal: false);
                return;
            }

            // Timers count whole milliseconds, and must not ring early.
            _ = _timer.Change(
                next is null ? wait : TimeSpan.FromMilliseconds(Math.Ceiling(Min(wait, s_longestSleep).TotalMilliseconds)),
                Timeout.InfiniteTimeSpan);
            lock (_lock)
            {
                if (arming == _armings)
                {
                    return;
                }
            }
        }
    }

    private Job AddCore(Trigger trigger, Func<CancellationToken, Task> action, JobOptions? options)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        options ??= JobOptions.Default;
        DateTimeOffset now = LookAtClock();
        DateTimeOffset? first = trigger.Next(now, null);
        Job job;
        JobEffects effects = new();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            _added++;
            job = new Job(this, options.Name ?? $"job-{_added}", trigger, action, options);
            _jobs.Add(job);
            job.Begin_NeedsLock(first, effects);
        }

        job.Perform(effects);
        Arm();
        return job;
    }

    private void Tick()
    {
        while (Queue.TryTake(LookAtClock(), out ScheduledEvent<DateTimeOffset>? due))
        {
            ((Action<ScheduledEvent<DateTimeOffset>>)due.Action)(due);
        }

        Arm();
    }

    /// <summary>What the calendar shows. When somebody has set it, the jobs that count the time that passes move along first.</summary>
    private DateTimeOffset LookAtClock()
    {
        (DateTimeOffset now, TimeSpan passed) = (Now, TimeProvider.GetElapsedTime(_made));
        lock (_lock)
        {
            TimeSpan step = now - _clockSeen - (passed - _passedSeen);
            if (step.Duration() >= s_smallestStep)
            {
                foreach (Job job in _jobs)
                {
                    job.FollowClock_NeedsLock(step);
                }
            }

            (_clockSeen, _passedSeen) = (now, passed);
        }

        return now;
    }

    private Task StopCore(bool cancelRunning)
    {
        Job[] jobs;
        lock (_lock)
        {
            _isStopped = true;
            jobs = [.. _jobs];
        }

        _timer.Dispose();
        foreach (Job job in jobs)
        {
            _ = job.Cancel(cancelRunning);
        }

        return Task.WhenAll(jobs.Select(job => job.Completion));
    }

    private static void ReportHandlerFailure(Job job, Exception exception)
    {
        try
        {
            Console.Error.WriteLine(
                $"A handler of JobScheduler.RunEnded threw an exception after a run of {job}. The jobs are not affected. " +
                $"Catch it in the handler.{Environment.NewLine}{exception}");
        }
        catch (Exception)
        {
            // A closed standard error must not reach the thread of the run: there is nowhere left to report to.
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
