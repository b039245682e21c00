using Telar.Internal.Processes;

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

    /// <summary>The limits that are set, as the system wants them.</summary>
    /// <returns>The limits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A limit is below zero, or the processor time not above it.</exception>
    internal List<ChildLimit> ToChildLimits()
    {
        // The numbers are the same on all architectures of .NET.
        var limits = new List<ChildLimit>();
        if (CpuTime is TimeSpan time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(CpuTime));
            long seconds = (long)Math.Ceiling(time.TotalSeconds);
            limits.Add(new ChildLimit("RLIMIT_CPU", 0, seconds, seconds + 1));
        }

        Add(limits, "RLIMIT_FSIZE", 1, FileSize, nameof(FileSize));
        Add(limits, "RLIMIT_STACK", 3, Stack, nameof(Stack));
        Add(limits, "RLIMIT_CORE", 4, CoreSize, nameof(CoreSize));
        Add(limits, "RLIMIT_NPROC", 6, Processes, nameof(Processes));
        Add(limits, "RLIMIT_NOFILE", 7, OpenFiles, nameof(OpenFiles));
        Add(limits, "RLIMIT_AS", 9, AddressSpace, nameof(AddressSpace));
        return limits;
    }

    private static void Add(List<ChildLimit> limits, string name, int resource, long? value, string property)
    {
        if (value is long limit)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(limit, property);
            limits.Add(new ChildLimit(name, resource, limit, limit));
        }
    }
}
