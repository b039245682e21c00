namespace Telar.Sched;

/// <summary>Runs the actions of jobs somewhere: on the thread pool, on an executor, on a thread of its own.</summary>
/// <param name="action">What to run. Actions that are not asynchronous come as functions that return a completed task.</param>
/// <param name="cancellationToken">What to give the action. It is cancelled when the run is to stop.</param>
/// <returns>A task that ends when the action has ended, and as it has ended.</returns>
/// <remarks>
/// The scheduler calls it for each run, and starts no other until it returns: it hands the action over and does not wait for it. What it
/// throws counts as the run's exception. Any executor can be one: see <c>AsJobRunner</c> in <c>Telar.Concurrent.Futures</c>.
/// </remarks>
public delegate Task JobRunner(Func<CancellationToken, Task> action, CancellationToken cancellationToken);
