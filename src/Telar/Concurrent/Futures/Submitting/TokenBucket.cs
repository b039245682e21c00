namespace Telar.Concurrent.Futures.Submitting;

/// <summary>The arithmetic of a rate limit: a bucket that is full at first. Ticks are those of the caller's clock.</summary>
/// <param name="ticksForOne">How many ticks it takes until one more permit is there.</param>
/// <param name="burst">How many permits it holds.</param>
// One number says it all: when the bucket would be full if nothing more were taken. Each permit taken moves that moment by ticksForOne.
internal struct TokenBucket(double ticksForOne, int burst)
{
    private readonly double _ticksForOne = Math.Max(1, ticksForOne);
    private double _fullAt = double.NegativeInfinity;

    /// <summary>Takes a permit if there is one.</summary>
    public bool TryTake(long now)
    {
        if (TicksToNext(now) > 0)
        {
            return false;
        }

        _fullAt = Math.Max(_fullAt, now) + _ticksForOne;
        return true;
    }

    /// <summary>How long it takes until there is a permit; 0 when there is one.</summary>
    public readonly long TicksToNext(long now) => (long)Math.Ceiling(Math.Max(0, _fullAt - ((burst - 1) * _ticksForOne) - now));

    /// <summary>Puts back a permit that was taken and not used.</summary>
    public void GiveBack() => _fullAt -= _ticksForOne;
}
