namespace Telar.Multiprocessing.Pools;

/// <summary>Why a pool can start no workers any more, or has none.</summary>
/// <param name="Text">A sentence for a message.</param>
/// <param name="Cause">The exception behind it, if there is one.</param>
internal sealed record PoolBreak(string Text, Exception? Cause)
{
    /// <summary>A break that somebody wanted: there is no exception behind it.</summary>
    public static PoolBreak On(string text) => new(text, null);
}
