using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Tasks;

namespace Telar.Concurrent.Futures;

/// <summary>Lets tasks of .NET stand among futures. The other way is <see cref="Future{T}.AsTask"/>.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
public static class TaskFutureExtensions
{
    /// <summary>Makes a future that ends as a task ends.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="task">The task. The future counts as running from now on, as nobody can see whether the task has begun.</param>
    /// <param name="stop">
    /// The source of the token that the task observes: cancelled by <see cref="Future.CancelRunning"/>. <see langword="null"/>: the future
    /// cannot have the task stopped.
    /// </param>
    /// <param name="name">The name of the future in messages.</param>
    /// <returns>
    /// The future. It fails with the task's exception itself; one of a task with several exceptions with an
    /// <see cref="AggregateException"/>. Its callbacks run on the thread that ends the task.
    /// </returns>
    public static Future<T> AsFuture<T>(this Task<T> task, CancellationTokenSource? stop = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return TaskFuture.Of(task, static ended => ((Task<T>)ended).Result, stop, name);
    }

    /// <summary>Makes a future that ends as a task without a result ends.</summary>
    /// <inheritdoc cref="AsFuture{T}(Task{T}, CancellationTokenSource?, string?)"/>
    public static Future AsFuture(this Task task, CancellationTokenSource? stop = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        return TaskFuture.Of(task, static _ => default(Nothing), stop, name);
    }
}
