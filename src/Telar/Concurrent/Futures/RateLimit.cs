using Telar.Concurrent.Futures.Submitting;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

// Invariants
//   I1  While somebody waits, _timer is set or a thread is in GrantAll (_isGranting): the one who finds neither sets it.
//   I2  A permit was taken from _bucket for each waiter whose task ended with success, and for no other: one that was cancelled in the
//       moment of its grant gives it back.
// Locks
//   _lock guards _bucket, _waiting, _number, _isGranting. It is a leaf: tasks are ended outside it.
// Ownership
//   Who waits owns its place and ends it by its token; a place that was left is passed over when its turn comes.

/// <summary>How many calls may be begun in a time; shared by all calls whose options name it, on one executor or several.</summary>
/// <remarks>
/// <para>
/// A bucket holds up to <see cref="Burst"/> permits and gets <see cref="Permits"/> new ones in each <see cref="Period"/>, evenly. A call takes
/// one for each attempt before it is handed to the workers; without one it waits, holding no thread, by <see cref="CallOptions.Priority"/>
/// and then in the order of submission. When all workers are busy, calls that have their permit wait for one, and may then begin closer together.
/// </para>
/// <para>Python has no such thing. <b>Thread safety.</b> Made for being shared.</para>
/// </remarks>
/// <example><code>
/// RateLimit polite = new(permits: 10, TimeSpan.FromSeconds(1));
/// pool.Submit(() => Fetch(url), new CallOptions { RateLimit = polite });
/// </code></example>
public sealed class RateLimit
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly PriorityQueue<TaskCompletionSource, (long Rank, long Number)> _waiting = new();
    private TokenBucket _bucket;
    private long _number;
    private bool _isGranting;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="permits">How many permits come in each <paramref name="period"/>, at least 1.</param>
    /// <param name="period">The period, more than zero.</param>
    /// <param name="burst">How many permits the bucket holds, so how many calls may begin at once after a rest; by default <paramref name="permits"/>.</param>
    /// <param name="timeProvider">The clock; by default the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the period is not more than zero.</exception>
    public RateLimit(int permits, TimeSpan period, int? burst = null, TimeProvider? timeProvider = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst ?? permits, 1, nameof(burst));
        Permits = permits;
        Period = period;
        Burst = burst ?? permits;
        _clock = timeProvider ?? TimeProvider.System;
        _bucket = new TokenBucket(period.TotalSeconds * _clock.TimestampFrequency / permits, Burst);

        // Held by itself alone: a limit that nobody uses goes with its timer.
        _timer = _clock.CreateTimer(static limit => ((RateLimit)limit!).GrantAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many permits come in each <see cref="Period"/>.</summary>
    public int Permits { get; }

    /// <summary>The time in which <see cref="Permits"/> permits come.</summary>
    public TimeSpan Period { get; }

    /// <summary>How many permits the bucket holds.</summary>
    public int Burst { get; }

    /// <summary>Takes a permit if there is one and nobody waits.</summary>
    internal bool TryTake()
    {
        lock (_lock)
        {
            return _waiting.Count == 0 && _bucket.TryTake(_clock.GetTimestamp());
        }
    }

    /// <summary>Waits for a permit. The task ends on the thread that grants it, or that cancels the token.</summary>
    /// <param name="priority">The higher, the earlier.</param>
    /// <param name="cancellationToken">Gives up the place.</param>
    internal async Task TakeAsync(int priority, CancellationToken cancellationToken)
    {
        // Continues on the granting thread on purpose: calls are handed over in the order of their permits.
        TaskCompletionSource place = new();
        lock (_lock)
        {
            _waiting.Enqueue(place, (-(long)priority, _number++));
        }

        using (cancellationToken.UnsafeRegister(static (place, token) => ((TaskCompletionSource)place!).TrySetCanceled(token), place))
        {
            GrantAll();
            await place.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Puts back a permit that was taken and is not needed.</summary>
    internal void GiveBack()
    {
        lock (_lock)
        {
            _bucket.GiveBack();
        }

        GrantAll();
    }

    private void GrantAll()
    {
        lock (_lock)
        {
            if (_isGranting)
            {
                return;
            }

            _isGranting = true;
        }

        while (Next() is { } place)
        {
            if (!place.TrySetResult())
            {
                lock (_lock)
                {
                    _bucket.GiveBack(); // I2
                }
            }
        }
    }

    // The next one to be granted, its permit taken; null when there is none, and the timer is set if somebody waits.
    private TaskCompletionSource? Next()
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out TaskCompletionSource? place, out _))
            {
                if (place.Task.IsCompleted)
                {
                    _waiting.Dequeue();
                    continue;
                }

                long now = _clock.GetTimestamp();
                if (_bucket.TryTake(now))
                {
                    return _waiting.Dequeue();
                }

                // Too early where a timer cannot wait so long: it finds no permit then, and waits again.
                double wait = Math.Ceiling(_clock.GetElapsedTime(0, _bucket.TicksToNext(now)).TotalMilliseconds);
                _timer.Change(TimeSpan.FromMilliseconds(Math.Min(wait, Deadline.Longest.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                break;
            }

            _isGranting = false;
            return null;
        }
    }
}
