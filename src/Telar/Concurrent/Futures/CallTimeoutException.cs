namespace Telar.Concurrent.Futures;

/// <summary>A call ran longer than <see cref="CallOptions.Timeout"/> and was stopped.</summary>
/// <remarks>
/// Not to be confused with the plain <see cref="TimeoutException"/> of a wait, after which the call goes on. Python has no such exception.
/// </remarks>
public sealed class CallTimeoutException : TimeoutException
{
    internal CallTimeoutException(TimeSpan timeout, CallStop stop, string? callName = null, long? callId = null, string? worker = null)
        : base(Describe(timeout, stop, callName, callId, worker))
    {
        CallName = callName;
        CallId = callId;
        Timeout = timeout;
        Worker = worker;
        Stop = stop;
    }

    /// <summary>The name of the call; <see langword="null"/> when it was given none.</summary>
    public string? CallName { get; }

    /// <summary>The number of the call in its executor; <see langword="null"/> where calls have none.</summary>
    public long? CallId { get; }

    /// <summary>The limit that the call exceeded.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The worker that ran it; <see langword="null"/> when the executor has no workers.</summary>
    public string? Worker { get; }

    /// <summary>How the call was stopped.</summary>
    public CallStop Stop { get; }

    private static string Describe(TimeSpan timeout, CallStop stop, string? callName, long? callId, string? worker)
    {
        string where = worker is null ? "its worker" : $"worker '{worker}'";
        string how = stop switch
        {
            CallStop.Cooperative => "It stopped by itself when its token was cancelled.",
            CallStop.NotStarted => $"It had not even begun: {where} did not take it up in that time (it is stopped, or starved of processor time).",
            CallStop.GivenUp => $"It did not stop when its token was cancelled, and a thread cannot be killed: it goes on in {where}, "
                + "which the pool has replaced. Let the call look at its token, or run it in a process pool.",
            CallStop.WorkerKilled => $"It did not stop when its token was cancelled, so {where} was killed and replaced.",
            _ => $"It did not stop when its token was cancelled, and {where} did not even end when it was killed; it was given up and replaced.",
        };
        return $"{Phrases.Sentence(Phrases.Call(callName, callId))} was stopped: it ran longer than its time-out of " +
            $"{Phrases.Duration(timeout)}. {how}";
    }
}
