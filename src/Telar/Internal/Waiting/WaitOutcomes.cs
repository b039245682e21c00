namespace Telar.Internal.Waiting;

/// <summary>What a wait that only says yes or no tells its caller.</summary>
internal static class WaitOutcomes
{
    extension(WaitOutcome outcome)
    {
        /// <summary>The answer of a wait that has ended.</summary>
        /// <param name="cancellationToken">The token of the wait, for the exception.</param>
        /// <returns>True when granted, false when the time was over.</returns>
        /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
        internal bool IsGranted(CancellationToken cancellationToken) =>
            outcome == WaitOutcome.Cancelled
                ? throw new OperationCanceledException(cancellationToken)
                : outcome == WaitOutcome.Granted;
    }
}
