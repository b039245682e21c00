namespace Telar.Concurrent.Futures;

/// <summary>What a <see cref="Future"/> asks the executor that made it.</summary>
/// <remarks>
/// Both methods are called without any lock of the future, on the thread of whoever cancels; they return quickly and do not throw.
/// They may end the future themselves before they return.
/// <b>Thread safety.</b> Several threads may call both methods at once.
/// </remarks>
public interface IFutureOwner
{
    /// <summary>Takes a call that nobody has seen start out of the executor's queue.</summary>
    /// <param name="future">The future of the call.</param>
    /// <returns>
    /// <see langword="true"/>: the call will never start, or never again (also when it was taken back before);
    /// <see langword="false"/>: it has started, so it can no longer be cancelled.
    /// </returns>
    bool Withdraw(Future future);

    /// <summary>Asks a running call to stop.</summary>
    /// <param name="future">The future of the call.</param>
    /// <returns>
    /// <see langword="true"/> when the executor will see to it that the call ends; <see langword="false"/> when it can do nothing.
    /// </returns>
    bool RequestStop(Future future);
}
