namespace Telar.Internal.Waiting;

// Invariants
//   I1-I3 of Parker: the monitor is the fence.
// Locks
//   _gate guards _permit. It is a leaf.

/// <summary>Sleeps in a monitor, where there is no futex. Not tested on an operating system without one, only in its place.</summary>
internal sealed class MonitorParker : Parker
{
    // Monitors count milliseconds, and at most this many.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(20);

    private readonly object _gate = new();
    private bool _permit;
    private bool _wasInterrupted;

    /// <inheritdoc/>
    internal override void Park(WaitDeadline deadline)
    {
        lock (_gate)
        {
            if (!_permit)
            {
                Sleep(deadline);
            }

            _permit = false;
        }
    }

    /// <inheritdoc/>
    internal override void Unpark()
    {
        lock (_gate)
        {
            _permit = true;
            Monitor.Pulse(_gate);
        }
    }

    // Thread.Interrupt ends no wait of Telar's, on no system. The next wait of the platform's gets it.
    internal override void Leave()
    {
        if (_wasInterrupted)
        {
            _wasInterrupted = false;
            Thread.CurrentThread.Interrupt();
        }
    }

    private void Sleep(WaitDeadline deadline)
    {
        TimeSpan left = deadline.Remaining;
        if (left > s_longest)
        {
            left = s_longest;
        }
        else if (left != Timeout.InfiniteTimeSpan)
        {
            // Rounded down, the last millisecond would be spent in a busy loop.
            left = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        }

        try
        {
            Monitor.Wait(_gate, left);
        }
        catch (ThreadInterruptedException)
        {
            _wasInterrupted = true;
        }
    }
}
