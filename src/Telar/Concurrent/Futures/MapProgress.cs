namespace Telar.Concurrent.Futures;

/// <summary>How far a map has come.</summary>
/// <param name="Done">How many items have a result, taken by the caller or not.</param>
/// <param name="Total">How many items there are; <see langword="null"/> when the source does not say.</param>
/// <param name="Failed">How many items ended with an exception.</param>
/// <param name="Elapsed">The time since the map was called.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public readonly record struct MapProgress(long Done, long? Total, long Failed, TimeSpan Elapsed)
{
    // What a TimeSpan can hold, and more than anybody waits.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1_000_000);

    /// <summary>Items a second, over the whole time.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? (Done + Failed) / Elapsed.TotalSeconds : 0;

    /// <summary>The part that is done, from 0 to 1.</summary>
    /// <value><see langword="null"/> when the total is not known.</value>
    public double? Fraction => Total switch
    {
        null => null,
        0 => 1,
        { } total => Math.Min(1, (Done + Failed) / (double)total),
    };

    /// <summary>How long the rest will take at this rate.</summary>
    /// <value><see langword="null"/> when the total is not known, or nothing is done yet.</value>
    public TimeSpan? Remaining => Total is { } total && Rate > 0
        ? TimeSpan.FromSeconds(Math.Min(s_longest.TotalSeconds, Math.Max(0, total - Done - Failed) / Rate))
        : null;
}
