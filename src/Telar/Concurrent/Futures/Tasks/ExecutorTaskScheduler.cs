namespace Telar.Concurrent.Futures.Tasks;

/// <summary>Runs the tasks of .NET as calls of an executor.</summary>
/// <param name="executor">One whose calls run in this process.</param>
internal sealed class ExecutorTaskScheduler(Executor executor) : TaskScheduler
{
    // Whose task this thread is running: within it another one of the same scheduler may run in place.
    [ThreadStatic]
    private static ExecutorTaskScheduler? t_current;

    public override int MaximumConcurrencyLevel => executor.MaxWorkers;

    protected override void QueueTask(Task task) => _ = executor.Submit(() => Run(task));

    // A task that ran in place is still in the executor's queue, where running it again does nothing.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => t_current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() =>
        throw new NotSupportedException($"{executor} does not list the tasks that wait in it.");

    private void Run(Task task)
    {
        ExecutorTaskScheduler? before = t_current;
        t_current = this;
        try
        {
            _ = TryExecuteTask(task);
        }
        finally
        {
            t_current = before;
        }
    }
}
