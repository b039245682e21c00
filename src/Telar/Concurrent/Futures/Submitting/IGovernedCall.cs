namespace Telar.Concurrent.Futures.Submitting;

/// <summary>A governed call, whatever its result is.</summary>
internal interface IGovernedCall
{
    /// <summary>Cancels it if it has not begun; otherwise the attempt that runs, or ran last, is its last one.</summary>
    void EndSoon();
}
