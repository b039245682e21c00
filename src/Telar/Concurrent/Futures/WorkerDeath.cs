namespace Telar.Concurrent.Futures;

/// <summary>What is known about a worker that died while it ran a call.</summary>
internal sealed record WorkerDeath
{
    /// <summary>The worker's name, such as <c>pool-1/3</c>.</summary>
    public required string Worker { get; init; }

    public required int ProcessId { get; init; }

    /// <summary>Python's exit code: a negative one is a signal. Null when the system could not tell.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The name of the signal that killed it, such as <c>SIGKILL</c>.</summary>
    public string? Signal { get; init; }

    public long CallId { get; init; }

    public string? CallName { get; init; }

    /// <summary>How many times the call was started, this time included.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How long the last attempt had run.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The most memory that the worker had resident, in bytes. Null when it is not known.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>There is evidence that the system ran out of memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>The hard limit for which its pool killed it, in bytes. Null when that was not the reason.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>How much private memory it had then, in bytes.</summary>
    public long? MemoryUsed { get; init; }

    /// <summary>What it did to its connection, where that is why the pool killed it.</summary>
    public string? Damage { get; init; }

    public IReadOnlyList<string> StandardErrorTail { get; init; } = [];
}
