namespace Telar.Concurrent.Futures;

/// <summary>What an <see cref="InlineExecutor"/> is doing at a moment.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class InlineStatistics : ExecutorStatistics
{
    internal InlineStatistics()
    {
    }
}
