namespace Telar.Subprocesses;

/// <summary>What a child has used, without what it had started itself and not waited for.</summary>
/// <param name="UserTime">Processor time in its own code.</param>
/// <param name="SystemTime">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">
/// Peak of resident memory; null when the kernel's figure may be this process's own peak, which a child inherits at its start.
/// </param>
/// <remarks>Python: <c>resource.getrusage(RUSAGE_CHILDREN)</c>, but of one child. <b>Thread safety.</b> Immutable.</remarks>
public readonly record struct ResourceUsage(TimeSpan UserTime, TimeSpan SystemTime, long? MaxResidentBytes);
