namespace Telar.Multiprocessing.Pools;

/// <summary>One submitted call: the owner's record, in which the core keeps its own state so that it allocates nothing.</summary>
/// <remarks>The driver derives from it and adds what the core must not know: payload, future, cancellation.</remarks>
internal abstract class PoolCall
{
    /// <value>Its place in the order of submission, from 1; set by Submit.</value>
    public long Id { get; internal set; }

    /// <value>What messages call it.</value>
    public string? Name { get; init; }

    /// <value>How long one attempt may run, from its start; <see langword="null"/> or infinite for no limit.</value>
    public TimeSpan? Timeout { get; init; }

    /// <value>What it may take to obey a cancellation; <see langword="null"/> for the pool's default.</value>
    public TimeSpan? Grace { get; init; }

    /// <value>How often it may be run again after its worker died while it ran.</value>
    public int Retries { get; init; }

    /// <value>The higher, the earlier it is sent; 0 for most.</value>
    public int Priority { get; init; }

    /// <value>How many times it has been announced as running.</value>
    public int Attempts { get; internal set; }

    /// <value>The number of the attempt for which it is at a worker: announced already, or still behind others.</value>
    public int AttemptAtWorker => Announced ? Attempts : Attempts + 1;

    /// <value>Where it is.</value>
    public PoolCallState State { get; internal set; }

    /// <value>How it ended.</value>
    public PoolCallOutcome Outcome { get; internal set; }

    /// <value>The worker it was sent to; <see langword="null"/> while it is queued.</value>
    public PoolWorker? Worker { get; internal set; }

    /// <value>Its number at <see cref="Worker"/>. (Worker, Sequence) names one sending of one call for ever.</value>
    public long Sequence { get; internal set; }

    /// <value>When it became first in line at its worker; meaningful while it is running.</value>
    internal TimeSpan RunningSince { get; set; }

    /// <value>
    /// Whether a worker is known to have begun it; it is announced as running before that, when it is first in line. What a worker had that
    /// was given up counts as begun.
    /// </value>
    public bool HasBegun { get; internal set; }

    /// <value>Why it is being stopped.</value>
    internal PoolCancelReason CancelReason { get; set; }

    /// <value>Whether CallRunning was issued for this attempt. Outlives being taken back before the start.</value>
    internal bool Announced { get; set; }

    /// <value>Whether it is to be stopped even though it runs.</value>
    internal bool IsBeingStopped => CancelReason > PoolCancelReason.IfNotStarted;

    internal PoolCall? Next { get; set; }

    internal PoolCall? Previous { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name is null ? $"call {Id}" : $"call {Id} '{Name}'";
}
