namespace Telar.Concurrent.Futures.Observing;

/// <summary>The names under which traces and figures tell of calls.</summary>
internal static class CallTags
{
    public const string ExecutorName = "telar.executor.name";
    public const string ExecutorTypeName = "telar.executor.type";
    public const string CallName = "telar.call.name";
    public const string Outcome = "telar.call.outcome";
    public const string Attempts = "telar.call.attempts";
    public const string QueueTime = "telar.call.queue_time";
    public const string Worker = "telar.worker.name";
    public const string ErrorType = "error.type";

    public static KeyValuePair<string, object?> Executor(string name) => new(ExecutorName, name);

    public static KeyValuePair<string, object?> ExecutorType(Executor executor) => new(ExecutorTypeName, executor.GetType().Name);

    /// <summary>How a call that has ended did so: one word for each way.</summary>
    public static string OutcomeOf(bool isCancelled, Exception? failure) => failure switch
    {
        _ when isCancelled => "cancelled",
        null => "succeeded",
        CallTimeoutException => "timed_out",
        WorkerDiedException => "worker_died",
        BrokenExecutorException => "broken",
        _ => "failed",
    };
}
