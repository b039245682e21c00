namespace Telar.Concurrent.Futures.Observing;

/// <summary>Decides whether an executor hangs, from figures that are taken now and then; used by one thread.</summary>
/// <param name="timeout">How long calls may run without one that ends.</param>
internal sealed class HangDetector(TimeSpan timeout)
{
    private long _ended = -1;
    private long _quietSince;
    private bool _wasReported;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>Looks at the figures of this moment.</summary>
    /// <param name="load">The figures.</param>
    /// <param name="now">This moment, in ticks of <see cref="TimeProvider.System"/>.</param>
    /// <returns>For how long no call has ended at least, when that is a hang that was not reported yet; else null.</returns>
    public TimeSpan? Look(in ExecutorLoad load, long now)
    {
        // From the first look that sees calls run: the quiet before them is no hang.
        if (load.Running == 0 || load.Ended != _ended)
        {
            _ended = load.Running == 0 ? -1 : load.Ended;
            _quietSince = now;
            _wasReported = false;
            return null;
        }

        TimeSpan quiet = TimeProvider.System.GetElapsedTime(_quietSince, now);
        if (_wasReported || quiet < Timeout)
        {
            return null;
        }

        _wasReported = true;
        return quiet;
    }
}
