namespace Telar.Sched;

/// <summary>A run of a job that has started and not ended.</summary>
#pragma warning disable CA1001 // A source without timer or wait handle holds nothing, and a late Cancel would meet a disposed one.
internal sealed class JobExecution(DateTimeOffset scheduledFor, DateTimeOffset started)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _cancellation = new();

    public DateTimeOffset ScheduledFor { get; } = scheduledFor;

    public DateTimeOffset Started { get; } = started;

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Cancels the token. Its callbacks are the user's, and run on the thread pool.</summary>
    public void Cancel() => _ = _cancellation.CancelAsync();
}
