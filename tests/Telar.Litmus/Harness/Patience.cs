namespace Telar.Litmus.Harness;

// Invariants
//   I1  _isOver goes from false to true once. Whoever misses that waits as long as the first one, no more.

/// <summary>After how long a wake-up counts as lost: long, until the first one is. Then the verdict stands, and the others need not wait for it.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal sealed class Patience
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_later = TimeSpan.FromMilliseconds(20);

    private volatile bool _isOver;

    public TimeSpan Left => _isOver ? s_later : s_first;

    /// <summary>Remembers a wait that was in vain.</summary>
    public bool Saw(bool isWoken)
    {
        _isOver |= !isWoken;
        return isWoken;
    }
}
