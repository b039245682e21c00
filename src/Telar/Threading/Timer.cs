namespace Telar.Threading;

/// <summary>A thread that calls a function once, after some time, unless it is cancelled before.</summary>
/// <remarks>
/// <para>
/// Python: <c>threading.Timer</c>. It holds a thread while it waits, and runs the function there: for very many, or for something that
/// happens again and again, see <see cref="System.Threading.Timer"/>.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public class Timer : Thread
{
    /// <summary>Makes a timer. <see cref="Thread.Start"/> starts the time.</summary>
    /// <param name="interval">
    /// How long to wait, from zero; <see cref="Timeout.InfiniteTimeSpan"/> waits until <see cref="Cancel"/> and never calls.
    /// </param>
    /// <param name="function">What to call then.</param>
    /// <param name="name">As for <see cref="Thread"/>.</param>
    /// <param name="daemon">As for <see cref="Thread"/>: a program waits for a timer that is no daemon.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is negative and not infinite.</exception>
    public Timer(TimeSpan interval, Action function, string? name = null, bool? daemon = null)
        : base(name, daemon)
    {
        if (interval != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.Zero);
        }

        ArgumentNullException.ThrowIfNull(function);
        (Interval, Function) = (interval, function);
    }

    /// <summary>How long it waits.</summary>
    /// <remarks>Python: <c>Timer.interval</c>.</remarks>
    public TimeSpan Interval { get; }

    /// <summary>What it calls.</summary>
    /// <remarks>Python: <c>Timer.function</c>, <c>args</c> and <c>kwargs</c>.</remarks>
    public Action Function { get; }

    /// <summary>Is set when the function has returned, or by <see cref="Cancel"/>.</summary>
    /// <remarks>It stays unset when the function throws, as in Python. Python: <c>Timer.finished</c>.</remarks>
    public Event Finished { get; } = new();

    /// <summary>Keeps the function from being called, if it has not begun.</summary>
    /// <remarks>
    /// Harmless at any other time. A timer that is cancelled before <see cref="Thread.Start"/> ends at once when it is started. Python:
    /// <c>Timer.cancel</c>.
    /// </remarks>
    public void Cancel() => Finished.Set();

    /// <summary>Waits, and calls the function.</summary>
    /// <remarks>
    /// <see cref="Thread.RequestStop"/> ends the wait as <see cref="Cancel"/> does. Python: <c>Timer.run</c>.
    /// </remarks>
    protected override void Run()
    {
        if (!Finished.Wait(Interval, StopToken))
        {
            Function();
        }

        Finished.Set();
    }
}
