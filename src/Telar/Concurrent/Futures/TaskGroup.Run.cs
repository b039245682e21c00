using System.Runtime.ExceptionServices;

namespace Telar.Concurrent.Futures;

public sealed partial class TaskGroup
{
    /// <summary>Runs a body with a group, and returns when the body and all calls of the group have ended.</summary>
    /// <param name="executor">Where the calls run; a <see cref="TaskGroup"/> becomes the outer group.</param>
    /// <param name="body">What submits the calls. An exception in it is a failure as one of a call: it cancels the calls.</param>
    /// <param name="timeout">How long the whole group may take; as in <see cref="TaskGroup(Executor, TimeSpan?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the group: pending calls never run, running ones are asked to stop.</param>
    /// <exception cref="AggregateException">Several calls, or the body and calls, failed. One failure alone is thrown as itself.</exception>
    /// <exception cref="TimeoutException">The time given for the group was over before it ended.</exception>
    /// <exception cref="OperationCanceledException">The group was cancelled from outside before its calls had ended.</exception>
    public static void Run(
        Executor executor, Action<TaskGroup> body, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run<object?>(
            executor,
            group =>
            {
                body(group);
                return null;
            },
            timeout,
            cancellationToken);
    }

    /// <summary>Runs a body with a group, and returns its result when the body and all calls of the group have ended.</summary>
    /// <typeparam name="T">The type of the body's result.</typeparam>
    /// <inheritdoc cref="Run(Executor, Action{TaskGroup}, TimeSpan?, CancellationToken)"/>
    /// <returns>What the body returned.</returns>
    /// <exception cref="ArgumentException">The body returns a task, for which nobody would wait: use <c>RunAsync</c>.</exception>
    public static T Run<T>(
        Executor executor, Func<TaskGroup, T> body, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (typeof(T).IsAssignableTo(typeof(Task)))
        {
            throw new ArgumentException("The body returns a task, for which Run does not wait. Use RunAsync.", nameof(body));
        }

        TaskGroup group = new(executor, timeout, cancellationToken);
        ExceptionDispatchInfo? failure = null;
        T? result = default;
        try
        {
            result = body(group);
        }
        catch (Exception exception)
        {
            failure = group.FailBody(exception);
        }

        group.Join(CancellationToken.None);
        failure?.Throw();
        return result!; // the body has returned it
    }

    /// <summary>Runs an async body with a group, and returns when the body and all calls of the group have ended.</summary>
    /// <inheritdoc cref="Run(Executor, Action{TaskGroup}, TimeSpan?, CancellationToken)"/>
    /// <returns>A task that ends when all have ended.</returns>
    public static Task RunAsync(
        Executor executor, Func<TaskGroup, Task> body, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync<object?>(
            executor,
            async group =>
            {
                await body(group).ConfigureAwait(false);
                return null;
            },
            timeout,
            cancellationToken);
    }

    /// <summary>Runs an async body with a group, and gives its result when the body and all calls of the group have ended.</summary>
    /// <typeparam name="T">The type of the body's result.</typeparam>
    /// <inheritdoc cref="Run(Executor, Action{TaskGroup}, TimeSpan?, CancellationToken)"/>
    /// <returns>A task of what the body returned.</returns>
    public static async Task<T> RunAsync<T>(
        Executor executor, Func<TaskGroup, Task<T>> body, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        TaskGroup group = new(executor, timeout, cancellationToken);
        ExceptionDispatchInfo? failure = null;
        T? result = default;
        try
        {
            result = await body(group).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = group.FailBody(exception);
        }

        await group.JoinAsync(CancellationToken.None).ConfigureAwait(false);
        failure?.Throw();
        return result!; // the body has returned it
    }

    // Kept for the case that the group throws nothing: a body that was cancelled has no result to return.
    private ExceptionDispatchInfo FailBody(Exception exception)
    {
        Fail(exception);
        return ExceptionDispatchInfo.Capture(exception);
    }
}
