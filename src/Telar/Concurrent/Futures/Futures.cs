using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

/// <summary>Waits for several futures at once.</summary>
/// <remarks>
/// The futures may belong to different executors.
/// Python: the module functions <c>concurrent.futures.wait</c> and <c>as_completed</c>.
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class Futures
{
    /// <summary>Waits for futures to end.</summary>
    /// <typeparam name="TFuture">The type of the futures: <see cref="Future"/> where they are mixed.</typeparam>
    /// <param name="futures">The futures; one that occurs twice counts once.</param>
    /// <param name="timeout">
    /// How long to wait; <see langword="null"/> and <see cref="Timeout.InfiniteTimeSpan"/> wait for ever, <see cref="TimeSpan.Zero"/> only
    /// looks.
    /// </param>
    /// <param name="returnWhen">How many have to end.</param>
    /// <param name="cancellationToken">Cancels the wait. The calls go on.</param>
    /// <returns>
    /// Those that have ended, and those that have not. When the time runs out that is no error: <c>NotDone</c> says it.
    /// </returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the calls go on.</exception>
    /// <remarks>Python: <c>concurrent.futures.wait</c>.</remarks>
    public static (IReadOnlySet<TFuture> Done, IReadOnlySet<TFuture> NotDone) Wait<TFuture>(
        IEnumerable<TFuture> futures,
        TimeSpan? timeout = null,
        ReturnWhen returnWhen = ReturnWhen.AllCompleted,
        CancellationToken cancellationToken = default)
        where TFuture : Future
    {
        Deadline deadline = Deadline.After(timeout);
        ThrowIfUndefined(returnWhen);
        HashSet<TFuture> distinct = Distinct(futures);
        WaitGroup group = new(distinct, returnWhen);
        try
        {
            group.Enough.Wait(deadline.Remaining, cancellationToken);
            return Split(distinct);
        }
        finally
        {
            group.Leave(distinct);
        }
    }

    /// <summary>Waits for futures to end, without holding a thread.</summary>
    /// <typeparam name="TFuture">The type of the futures: <see cref="Future"/> where they are mixed.</typeparam>
    /// <param name="futures">The futures; one that occurs twice counts once.</param>
    /// <param name="timeout">How long to wait; as in <see cref="Wait"/>.</param>
    /// <param name="returnWhen">How many have to end.</param>
    /// <param name="cancellationToken">Cancels the wait. The calls go on.</param>
    /// <returns>As <see cref="Wait"/>.</returns>
    public static Task<(IReadOnlySet<TFuture> Done, IReadOnlySet<TFuture> NotDone)> WaitAsync<TFuture>(
        IEnumerable<TFuture> futures,
        TimeSpan? timeout = null,
        ReturnWhen returnWhen = ReturnWhen.AllCompleted,
        CancellationToken cancellationToken = default)
        where TFuture : Future
    {
        Deadline deadline = Deadline.After(timeout);
        ThrowIfUndefined(returnWhen);
        return Core(Distinct(futures), deadline, returnWhen, cancellationToken);

        static async Task<(IReadOnlySet<TFuture> Done, IReadOnlySet<TFuture> NotDone)> Core(
            HashSet<TFuture> distinct, Deadline deadline, ReturnWhen returnWhen, CancellationToken cancellationToken)
        {
            WaitGroup group = new(distinct, returnWhen);
            try
            {
                Task wait = group.Enough.WaitAsync(deadline.Remaining, cancellationToken);
                await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (wait.IsCanceled)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                return Split(distinct);
            }
            finally
            {
                group.Leave(distinct);
            }
        }
    }

    /// <summary>Gives futures one by one, as they end.</summary>
    /// <typeparam name="TFuture">The type of the futures: <see cref="Future"/> where they are mixed.</typeparam>
    /// <param name="futures">The futures; one that occurs twice is given once.</param>
    /// <param name="timeout">
    /// How long the whole sequence may take, counted from this call; <see langword="null"/> and <see cref="Timeout.InfiniteTimeSpan"/> set no
    /// limit, <see cref="TimeSpan.Zero"/> gives those that have ended.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for the next one. The calls go on.</param>
    /// <returns>
    /// The futures, those that have ended already first. It can be enumerated once. Taking the next one waits for it, and throws
    /// <see cref="TimeoutException"/> when the time runs out.
    /// </returns>
    /// <remarks>
    /// The sequence lets go of a future when it has given it. Leaving a <see langword="foreach"/> early leaves the calls alone.
    /// Python: <c>concurrent.futures.as_completed</c>, which starts its clock at the first step.
    /// </remarks>
    public static IEnumerable<TFuture> AsCompleted<TFuture>(
        IEnumerable<TFuture> futures, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where TFuture : Future =>
        new CompletionSequence<TFuture>(futures, Deadline.After(timeout), cancellationToken);

    /// <summary>Gives futures one by one, as they end, without holding a thread.</summary>
    /// <typeparam name="TFuture">The type of the futures: <see cref="Future"/> where they are mixed.</typeparam>
    /// <param name="futures">The futures; one that occurs twice is given once.</param>
    /// <param name="timeout">How long the whole sequence may take; as in <see cref="AsCompleted"/>.</param>
    /// <param name="cancellationToken">Cancels the wait for the next one. The calls go on.</param>
    /// <returns>As <see cref="AsCompleted"/>, for <see langword="await"/> <see langword="foreach"/>.</returns>
    public static IAsyncEnumerable<TFuture> AsCompletedAsync<TFuture>(
        IEnumerable<TFuture> futures, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where TFuture : Future =>
        new CompletionSequence<TFuture>(futures, Deadline.After(timeout), cancellationToken);

    /// <summary>The distinct futures of a sequence, in their order.</summary>
    /// <exception cref="ArgumentException">One of them is null.</exception>
    internal static HashSet<TFuture> Distinct<TFuture>(IEnumerable<TFuture> futures)
        where TFuture : Future
    {
        ArgumentNullException.ThrowIfNull(futures);
        HashSet<TFuture> distinct = new(
            futures.TryGetNonEnumeratedCount(out int count) ? count : 0, ReferenceEqualityComparer.Instance);
        int index = 0;
        foreach (TFuture future in futures)
        {
            ThrowIfNull(future, index++, nameof(futures));
            distinct.Add(future);
        }

        return distinct;
    }

    internal static void ThrowIfNull(Future? future, int index, string parameter)
    {
        if (future is null)
        {
            throw new ArgumentException($"There is no future at position {index} of the sequence, but null.", parameter);
        }
    }

    private static (IReadOnlySet<TFuture> Done, IReadOnlySet<TFuture> NotDone) Split<TFuture>(HashSet<TFuture> futures)
        where TFuture : Future
    {
        HashSet<TFuture> done = new(ReferenceEqualityComparer.Instance);
        HashSet<TFuture> notDone = new(ReferenceEqualityComparer.Instance);
        foreach (TFuture future in futures)
        {
            (future.IsDone ? done : notDone).Add(future);
        }

        return (done, notDone);
    }

    private static void ThrowIfUndefined(ReturnWhen returnWhen)
    {
        if (!Enum.IsDefined(returnWhen))
        {
            throw new ArgumentOutOfRangeException(
                nameof(returnWhen), returnWhen, "Use AllCompleted, FirstCompleted or FirstException.");
        }
    }
}
