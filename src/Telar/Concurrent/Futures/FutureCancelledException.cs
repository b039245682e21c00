namespace Telar.Concurrent.Futures;

/// <summary>The result was asked for of a call that was cancelled before it started, or stopped while it ran.</summary>
/// <remarks>Python: <c>concurrent.futures.CancelledError</c>.</remarks>
public sealed class FutureCancelledException : OperationCanceledException
{
    internal FutureCancelledException(Future future, bool hasRun, CancellationToken token)
        : base(
            $"{Phrases.Sentence(Phrases.Call(future.Name))} was {(hasRun ? "stopped while it ran" : "cancelled before it started")}, " +
            "so it has no result.",
            token)
    {
        CallName = future.Name;
        HasRun = hasRun;
    }

    /// <summary>The name of the call; <see langword="null"/> when it was given none.</summary>
    public string? CallName { get; }

    /// <summary>Whether the call had started, so that some of its effects may be there.</summary>
    public bool HasRun { get; }
}
