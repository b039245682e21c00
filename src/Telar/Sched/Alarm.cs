namespace Telar.Sched;

/// <summary>Waits for a time to pass or for something to change, whichever is first.</summary>
internal static class Alarm
{
    // Longer waits come in pieces: no timer of .NET takes more than 49 days.
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <param name="changed">Ends the wait early.</param>
    /// <param name="delay">How long to wait; <see langword="null"/> until something changes.</param>
    /// <param name="time">Whose time it is.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static void Wait(Task changed, TimeSpan? delay, TimeProvider time, CancellationToken cancellationToken)
    {
        if (delay is not { } span)
        {
            changed.Wait(cancellationToken);
        }
        else if (time == TimeProvider.System)
        {
            // Without a timer: those ring on the thread pool, and so late when it is busy. Whole milliseconds, rounded up, since rounded
            // down the last one would be spent in a busy loop.
            _ = changed.Wait((int)Math.Ceiling(Min(span, Longest).TotalMilliseconds), cancellationToken);
        }
        else
        {
            WaitAsync(changed, span, time, cancellationToken).GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc cref="Wait"/>
    public static async Task WaitAsync(Task changed, TimeSpan? delay, TimeProvider time, CancellationToken cancellationToken)
    {
        if (delay is not { } span)
        {
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = await Task.WhenAny(changed, Task.Delay(RoundUp(Min(span, Longest)), time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // As above: timers count whole milliseconds.
    private static TimeSpan RoundUp(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
