namespace Telar.Tests.Sched;

/// <summary>A clock that a test sets. Timers ring in the thread that moves it, each at its own time.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly System.Threading.Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly List<(TimeSpan Wait, TaskCompletionSource Seen)> _watchers = [];
    private DateTimeOffset _utc;
    private long _ticks = 1_000;

    public FakeClock(DateTimeOffset? start = null) => _utc = start ?? new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Called whenever somebody reads the calendar.</summary>
    public Action? OnUtcNow { get; set; }

    /// <summary>Called whenever somebody reads the time that passes.</summary>
    public Action? OnTimestamp { get; set; }

    /// <summary>Called when a timer is about to be set.</summary>
    public Action<TimeSpan>? OnTimerSet { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        OnUtcNow?.Invoke();
        lock (_lock)
        {
            return _utc;
        }
    }

    public override long GetTimestamp()
    {
        OnTimestamp?.Invoke();
        lock (_lock)
        {
            return _ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        FakeTimer timer = new(this, callback, state);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan by)
    {
        long end;
        lock (_lock)
        {
            end = _ticks + by.Ticks;
        }

        while (TakeDue(end, moveTo: true) is { } timer)
        {
            timer.Ring();
        }

        lock (_lock)
        {
            MoveTo(end);
        }
    }

    /// <summary>Lets time pass, in which nobody could do anything.</summary>
    public void Jump(TimeSpan by)
    {
        long end;
        lock (_lock)
        {
            end = _ticks + by.Ticks;
            MoveTo(end);
        }

        while (TakeDue(end, moveTo: false) is { } timer)
        {
            timer.Ring();
        }
    }

    /// <summary>Sets the calendar, while no time passes.</summary>
    public void SetCalendar(TimeSpan step)
    {
        lock (_lock)
        {
            _utc += step;
        }
    }

    /// <summary>Ends when a timer is, or has been, set to ring so long from now.</summary>
    public Task TimerAsync(TimeSpan wait)
    {
        lock (_lock)
        {
            if (_timers.Any(timer => timer.Due == _ticks + wait.Ticks))
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((wait, seen));
            return seen.Task;
        }
    }

    private void MoveTo(long ticks)
    {
        if (ticks > _ticks)
        {
            _utc += new TimeSpan(ticks - _ticks);
            _ticks = ticks;
        }
    }

    private FakeTimer? TakeDue(long end, bool moveTo)
    {
        lock (_lock)
        {
            FakeTimer? first = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (first is not null)
            {
                if (moveTo)
                {
                    MoveTo(first.Due!.Value); // found by it
                }

                first.Due = null;
            }

            return first;
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long? Due { get; set; }

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.OnTimerSet?.Invoke(dueTime);
            lock (clock._lock)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._ticks + dueTime.Ticks;
                foreach ((_, TaskCompletionSource seen) in clock._watchers.Where(watcher => watcher.Wait == dueTime))
                {
                    seen.TrySetResult();
                }

                return clock._timers.Contains(this);
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                _ = clock._timers.Remove(this);
                Due = null;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
