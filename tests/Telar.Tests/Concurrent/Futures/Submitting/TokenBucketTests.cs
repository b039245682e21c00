using Xunit;

namespace Telar.Tests.Concurrent.Futures.Submitting;

using Telar.Concurrent.Futures.Submitting;

public class TokenBucketTests
{
    [Fact(Timeout = 120_000)]
    public void TryTake_GivesABurstAndThenOneForEachInterval()
    {
        TokenBucket bucket = new(ticksForOne: 10, burst: 3);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => bucket.TryTake(1000)));
        Assert.Equal(10, bucket.TicksToNext(1000));
        Assert.Equal(1, bucket.TicksToNext(1009));
        Assert.False(bucket.TryTake(1009));
        Assert.True(bucket.TryTake(1010));
        Assert.False(bucket.TryTake(1019));
        Assert.True(bucket.TryTake(1020));
    }

    [Fact(Timeout = 120_000)]
    public void TryTake_AfterARest_GivesNoMoreThanTheBurst()
    {
        TokenBucket bucket = new(ticksForOne: 10, burst: 2);
        Assert.True(bucket.TryTake(0));

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => bucket.TryTake(1_000_000)));
    }

    [Fact(Timeout = 120_000)]
    public void GiveBack_MakesRoomForOneMore()
    {
        TokenBucket bucket = new(ticksForOne: 10, burst: 1);
        Assert.True(bucket.TryTake(0));

        bucket.GiveBack();

        Assert.True(bucket.TryTake(0));
        Assert.False(bucket.TryTake(0));
    }

    [Fact(Timeout = 120_000)]
    public void TryTake_OfAFractionalInterval_KeepsTheRate()
    {
        TokenBucket bucket = new(ticksForOne: 10.0 / 3, burst: 2);
        Assert.InRange(Enumerable.Range(0, 1001).Count(now => bucket.TryTake(now)), 301, 302);
    }
}
