namespace Telar.Concurrent.Futures;

/// <summary>The executor's side of a <see cref="Future{T}"/>: makes it, starts it and ends it.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>
/// For those who write an executor or test code that takes futures.
/// Python: the methods of <c>Future</c> that are for executors and unit tests.
/// <para>
/// <b>Thread safety.</b> All members may be used by any number of threads at once; of several that end the future one wins.
/// </para>
/// </remarks>
public sealed class FutureSource<T>
{
    /// <summary>Makes a pending future.</summary>
    /// <param name="name">The name of the call in messages; <see langword="null"/> for none.</param>
    /// <param name="owner">
    /// Is asked when somebody cancels the call; <see langword="null"/>: a pending call can always be cancelled, a running one never.
    /// The future lets go of it when it ends.
    /// </param>
    public FutureSource(string? name = null, IFutureOwner? owner = null) => Future = owner is null ? new Future<T>(name) : new OwnedFuture<T>(name, owner);

    /// <summary>The future to hand out.</summary>
    public Future<T> Future { get; }

    /// <summary>Says that the call starts now, or learns that it was cancelled.</summary>
    /// <returns>
    /// <see langword="true"/>: the future is running, run the call; <see langword="false"/>: it was cancelled, forget the call.
    /// </returns>
    /// <exception cref="InvalidStateException">
    /// It was called before, or the future has ended in another way. The future stays as it is.
    /// </exception>
    /// <remarks>
    /// Called once. A call that is run again (its worker died) stays running.
    /// Python: <c>Future.set_running_or_notify_cancel</c>.
    /// </remarks>
    public bool SetRunningOrNotifyCancel() => Future.SetRunningOrNotifyCancel();

    /// <summary>Ends the call with a result.</summary>
    /// <param name="value">The result.</param>
    /// <exception cref="InvalidStateException">The future has ended before, and keeps that outcome.</exception>
    /// <remarks>Returns when all callbacks have run. Python: <c>Future.set_result</c>.</remarks>
    public void SetResult(T value)
    {
        if (!TrySetResult(value))
        {
            throw InvalidStateException.For(Future, nameof(SetResult), "a Pending or Running");
        }
    }

    /// <summary>Ends the call with a result, unless it has ended before.</summary>
    /// <param name="value">The result.</param>
    /// <returns>
    /// <see langword="true"/> when this ended the future; <see langword="false"/> when it has ended before and keeps that outcome.
    /// </returns>
    public bool TrySetResult(T value) => Future.TrySetResult(value);

    /// <summary>Ends the call with an exception.</summary>
    /// <param name="exception">What the waiters get thrown.</param>
    /// <exception cref="InvalidStateException">The future has ended before, and keeps that outcome.</exception>
    /// <remarks>Returns when all callbacks have run. Python: <c>Future.set_exception</c>.</remarks>
    public void SetException(Exception exception)
    {
        if (!TrySetException(exception))
        {
            throw InvalidStateException.For(Future, nameof(SetException), "a Pending or Running");
        }
    }

    /// <summary>Ends the call with an exception, unless it has ended before.</summary>
    /// <param name="exception">What the waiters get thrown.</param>
    /// <returns>As <see cref="TrySetResult"/>.</returns>
    public bool TrySetException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Future.TrySetException(exception);
    }

    /// <summary>Ends the call as cancelled, even a running one: for an executor that has stopped it.</summary>
    /// <param name="cancellationToken">
    /// The token that the waiters find in their exception; the default is the one that asked for it, if any.
    /// </param>
    /// <exception cref="InvalidStateException">The future has ended before, and keeps that outcome.</exception>
    /// <remarks>Returns when all callbacks have run. Python has no such method.</remarks>
    public void SetCancelled(CancellationToken cancellationToken = default)
    {
        if (!TrySetCancelled(cancellationToken))
        {
            throw InvalidStateException.For(Future, nameof(SetCancelled), "a Pending or Running");
        }
    }

    /// <summary>Ends the call as cancelled, even a running one, unless it has ended before.</summary>
    /// <param name="cancellationToken">As in <see cref="SetCancelled"/>.</param>
    /// <returns>As <see cref="TrySetResult"/>.</returns>
    public bool TrySetCancelled(CancellationToken cancellationToken = default) => Future.TrySetCancelled(cancellationToken);
}
