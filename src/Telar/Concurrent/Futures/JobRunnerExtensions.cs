using Telar.Sched;

namespace Telar.Concurrent.Futures;

/// <summary>Lets executors run the jobs of <see cref="JobScheduler"/>.</summary>
/// <remarks>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class JobRunnerExtensions
{
    /// <summary>Makes an executor a runner of jobs.</summary>
    /// <param name="executor">Where the jobs run. It is not disposed with the scheduler: dispose the scheduler first.</param>
    /// <param name="options">How the calls run: their time limit, their grace, their retries.</param>
    /// <returns>The runner, for <see cref="JobScheduler(TimeProvider, JobRunner)"/> or <see cref="JobOptions.Runner"/>.</returns>
    /// <remarks>
    /// With an executor of processes the action and what it has captured travel, as in <c>Submit</c>; what cannot travel makes the run fail
    /// with the reason. Cancelling a run cancels its call: first by its token, then, in a process pool, by replacing the worker.
    /// </remarks>
    public static JobRunner AsJobRunner(this Executor executor, CallOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(executor);
        return (action, cancellationToken) => executor.Submit(action, options, cancellationToken).AsTask();
    }
}
