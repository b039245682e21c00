namespace Telar.Multiprocessing.Pools;

/// <summary>Why a pool can start no workers any more.</summary>
/// <param name="Text">A sentence for a message.</param>
/// <param name="Cause">The exception behind it.</param>
internal sealed record PoolBreak(string Text, Exception Cause);
