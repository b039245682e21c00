using Xunit;

namespace Telar.Tests.Concurrent.Futures.Mapping;

using Telar.Concurrent.Futures.Mapping;

public class MapWindowTests
{
    private static readonly TimeSpan s_microsecond = TimeSpan.FromMicroseconds(1);

    [Fact(Timeout = 120_000)]
    public void AtFirst_TwoItemsForEachWorkerOneByOne()
    {
        MapWindow window = new(workers: 3, chunkSize: null, window: null, total: null);
        for (int consumed = 0; consumed < 6; consumed++)
        {
            Assert.Equal(1, window.Next(consumed, yielded: 0));
        }

        Assert.Equal(0, window.Next(consumed: 6, yielded: 0));
        Assert.Equal(1, window.NextRoomAt(consumed: 6, yielded: 0));
        Assert.Equal(1, window.Next(consumed: 6, yielded: 1));
    }

    [Fact(Timeout = 120_000)]
    public void ChunksGrowWithWhatWasYielded()
    {
        MapWindow window = new(workers: 2, chunkSize: null, window: null, total: null);
        window.Observe(1, s_microsecond, s_microsecond, ahead: 0);
        Assert.Equal(2, window.Next(consumed: 4, yielded: 4));
        Assert.Equal(50, window.Next(consumed: 100, yielded: 100));
        Assert.Equal(1500, window.Next(consumed: 3000, yielded: 3000));
        Assert.Equal(3000, window.Next(consumed: 1_000_000, yielded: 1_000_000));
        Assert.Equal(0, window.Next(consumed: 100 + 151, yielded: 100));
        Assert.Equal(50, window.Next(consumed: 100 + 150, yielded: 100));
    }

    [Fact(Timeout = 120_000)]
    public void LongItems_TravelAlone()
    {
        MapWindow window = new(workers: 2, chunkSize: null, window: null, total: null);
        window.Observe(1, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(11), ahead: 0);
        Assert.Equal(1, window.Next(consumed: 1000, yielded: 1000));
        Assert.Equal(0, window.Next(consumed: 1004, yielded: 1000));
    }

    [Fact(Timeout = 120_000)]
    public void ALongJourney_CountsAsWork()
    {
        // Big items: no time at all in the worker, a millisecond each on the way, with three chunks before them on two workers.
        MapWindow window = new(workers: 2, chunkSize: null, window: null, total: null);
        window.Observe(10, s_microsecond, TimeSpan.FromMilliseconds(25), ahead: 3);
        Assert.Equal(3, window.Next(consumed: 100_000, yielded: 100_000));
    }

    [Fact(Timeout = 120_000)]
    public void TheStartOfTheWorkers_IsForgotten()
    {
        MapWindow window = new(workers: 2, chunkSize: null, window: null, total: null);
        window.Observe(1, s_microsecond, TimeSpan.FromMilliseconds(80), ahead: 0);
        Assert.Equal(1, window.Next(consumed: 1000, yielded: 1000));
        for (int i = 0; i < 12; i++)
        {
            window.Observe(1, s_microsecond, TimeSpan.FromMicroseconds(100), ahead: 0);
        }

        Assert.InRange(window.Next(consumed: 1000, yielded: 1000), 15, 30);
    }

    [Fact(Timeout = 120_000)]
    public void OfAKnownTotal_TheLastChunksAreSmall()
    {
        MapWindow window = new(workers: 2, chunkSize: null, window: null, total: 1000);
        window.Observe(1, s_microsecond, s_microsecond, ahead: 0);
        Assert.Equal(25, window.Next(consumed: 900, yielded: 900));
        Assert.Equal(3, window.Next(consumed: 990, yielded: 990));
        Assert.Equal(1, window.Next(consumed: 1000, yielded: 1000));
    }

    [Fact(Timeout = 120_000)]
    public void AGivenWindow_NeverGrows()
    {
        MapWindow window = new(workers: 2, chunkSize: null, window: 10, total: null);
        window.Observe(1, s_microsecond, s_microsecond, ahead: 0);
        Assert.Equal(2, window.Next(consumed: 1_000_000, yielded: 1_000_000));
        Assert.Equal(2, window.Next(consumed: 1_000_008, yielded: 1_000_000));
        Assert.Equal(0, window.Next(consumed: 1_000_009, yielded: 1_000_000));
    }

    [Fact(Timeout = 120_000)]
    public void AGivenChunkSize_NeverChanges()
    {
        MapWindow window = new(workers: 2, chunkSize: 7, window: null, total: 10);
        Assert.Equal(7, window.Next(consumed: 0, yielded: 0));
        Assert.Equal(7, window.Next(consumed: 21, yielded: 0));
        Assert.Equal(0, window.Next(consumed: 22, yielded: 0));
        Assert.Equal(1, window.NextRoomAt(consumed: 22, yielded: 0));
        Assert.Equal(7, new MapWindow(workers: 2, chunkSize: 7, window: 8, total: null).Next(consumed: 1, yielded: 0));
        Assert.Equal(0, new MapWindow(workers: 2, chunkSize: 7, window: 8, total: null).Next(consumed: 2, yielded: 0));
        Assert.Equal(int.MaxValue, new MapWindow(workers: 64, chunkSize: int.MaxValue, window: null, total: null).Next(0, 0));
    }

    [Fact(Timeout = 120_000)]
    public void WhenAllWasYielded_ThereIsAlwaysRoom()
    {
        Random random = new(20);
        for (int i = 0; i < 20_000; i++)
        {
            int? chunk = random.Next(2) == 0 ? null : random.Next(1, 50);
            int? size = random.Next(2) == 0 ? null : (chunk ?? 0) + random.Next(1, 50);
            MapWindow window = new(random.Next(0, 20), chunk, size, random.Next(2) == 0 ? null : random.Next(1000));
            window.Observe(random.Next(1, 100), TimeSpan.FromTicks(random.Next(100_000)), TimeSpan.FromTicks(random.Next(100_000)), random.Next(50));
            long count = random.Next(2000);
            int next = window.Next(count, count);
            Assert.InRange(next, 1, MapWindow.MaxChunk);

            // And what NextRoomAt says is never later than the room.
            long consumed = count + random.Next(200);
            long roomAt = window.NextRoomAt(consumed, count);
            Assert.True(roomAt > count);
            Assert.True(window.Next(consumed, Math.Max(roomAt, consumed)) > 0);
        }
    }
}
