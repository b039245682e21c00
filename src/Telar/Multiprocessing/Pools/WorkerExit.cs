using System.Globalization;
using Telar.Internal.Processes;

namespace Telar.Multiprocessing.Pools;

/// <summary>How and where a worker process ended without being told to.</summary>
/// <param name="Worker">Its name, such as <c>pool-1/3</c>.</param>
/// <param name="ProcessId">Its process id; 0 when it could not be started.</param>
/// <param name="Status">What the kernel says; null when the process did not die in time after a kill.</param>
/// <param name="ErrorTail">The last lines it wrote to standard error.</param>
/// <param name="OutOfMemory">The kernel's memory killer was at work in this control group when it died.</param>
/// <param name="Damage">What it did to its connection, where that is why the pool killed it; else null.</param>
/// <param name="StartTimedOut">It was not ready in time, and the pool killed it for that.</param>
internal sealed record WorkerExit(
    string Worker,
    int ProcessId,
    ExitStatus? Status,
    IReadOnlyList<string> ErrorTail,
    bool OutOfMemory,
    string? Damage,
    bool StartTimedOut = false)
{
    /// <summary>The hard limit for which the pool killed it, in bytes; null when that was not the reason.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>How much private memory it had then, in bytes.</summary>
    public long? MemoryUsed { get; init; }

    public override string ToString()
    {
        string end = Status is { } status ? status.ToString() : "did not die after it was killed";
        string memory = OutOfMemory ? " (out of memory)"
            : MemoryLimit is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $" by its pool, because its private memory ({MemoryUsed} bytes) was beyond HardMemoryLimit ({MemoryLimit} bytes)");
        string damage = Damage is null ? "" : $" by its pool, because the connection to it broke: {Damage}";
        return $"worker '{Worker}' (pid {ProcessId}) {end}{memory}{damage}";
    }
}
