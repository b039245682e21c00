namespace Telar.Subprocesses;

/// <summary>What a child may use at most. What is null stays as it is in this process.</summary>
/// <remarks>
/// Python would set these with <c>resource.setrlimit</c> in a <c>preexec_fn</c>. The limits are for each process: what the
/// child starts gets the same limits anew. Only root may raise one above that of this process. <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed record ResourceLimits
{
    /// <summary>Processor time; the kernel sends SIGXCPU at the limit and SIGKILL a second later. RLIMIT_CPU.</summary>
    /// <value>Whole seconds, rounded up; above zero.</value>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>Address space in bytes; an allocation beyond it fails. RLIMIT_AS.</summary>
    public long? AddressSpace { get; init; }

    /// <summary>Size of a file that it writes, in bytes; SIGXFSZ beyond it. RLIMIT_FSIZE.</summary>
    public long? FileSize { get; init; }

    /// <summary>Size of a core dump in bytes; 0 writes none. RLIMIT_CORE.</summary>
    public long? CoreSize { get; init; }

    /// <summary>One more than the highest descriptor number. RLIMIT_NOFILE.</summary>
    public long? OpenFiles { get; init; }

    /// <summary>Processes and threads of the child's user, all together. RLIMIT_NPROC; does not bind root.</summary>
    public long? Processes { get; init; }

    /// <summary>Stack of the first thread in bytes. RLIMIT_STACK.</summary>
    public long? Stack { get; init; }
}
