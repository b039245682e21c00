using System.Buffers.Binary;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Tests.Multiprocessing.Workers;

/// <summary>Big buffers in a memory file; a damaged one says what is wrong with it.</summary>
public sealed class BlobFileTests
{
    [Fact(Timeout = 120_000)]
    public Task OpenSource_OfWhatWasAdded_GivesItBack()
    {
        using BlobFile file = new();
        Assert.False(file.HasContent);
        byte[][] contents = Add(file, 5, 50_000);

        AssertHolds(file, contents);
        Assert.Equal(-1, file.OpenSource().GetLength(5));
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task Reset_KeepsTheMemoryAndNothingOfTheContents()
    {
        using BlobFile file = new();
        _ = Add(file, 5, 50_000);
        long capacity = file.Capacity;

        file.Reset();

        Assert.False(file.HasContent);
        byte[][] fewer = Add(file, 2, 1000);
        AssertHolds(file, fewer);
        Assert.Equal(capacity, file.Capacity);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(11L)]
    public Task OpenSource_OfATableWithAFalseLength_SaysWhichBuffer(long length)
    {
        using BlobFile file = new();
        file.Sink.Add(new byte[10]);
        file.Seal();
        Overwrite(file, sizeof(long), length);

        InvalidDataException damage = Assert.Throws<InvalidDataException>(() => file.OpenSource());
        Assert.Contains("Buffer 0", damage.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(7L)]
    [InlineData(1000L)]
    [InlineData(long.MaxValue)]
    public Task OpenSource_OfAFalseUse_SaysHowMuchThereIs(long used)
    {
        using BlobFile file = new();
        file.Sink.Add(new byte[10]);
        file.Seal();
        Overwrite(file, 0, used);

        InvalidDataException damage = Assert.Throws<InvalidDataException>(() => file.OpenSource());
        Assert.Contains("26 bytes", damage.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task OpenSource_OfNoFile_SaysSo()
    {
        using Telar.Internal.Native.Pipe pipe = Telar.Internal.Native.Pipe.Create();
        using BlobFile file = BlobFile.Open(pipe.Reader);

        Assert.Throws<InvalidDataException>(() => file.OpenSource());
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task CopyTo_OfAFileThatWasCutOffMeanwhile_SaysWhereItEnds()
    {
        using BlobFile file = new();
        file.Sink.Add(new byte[100_000]);
        file.Seal();
        BlobSource source = file.OpenSource();
        RandomAccess.SetLength(file.Handle, 5000);

        InvalidDataException damage = Assert.Throws<InvalidDataException>(() => source.CopyTo(0, new byte[100_000]));
        Assert.Contains("5000", damage.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 120_000)]
    public Task ACache_GivesTheLastFileAgainUntilNobodyWantedItForTwoSeconds()
    {
        Clock clock = new();
        using BlobFileCache cache = new(clock);
        BlobFile first = cache.Rent();
        _ = Add(first, 1, 1000);
        cache.Return(first);

        Assert.Same(first, cache.Rent());
        Assert.False(first.HasContent);
        cache.Return(first);
        clock.Now += BlobFileCache.Patience - TimeSpan.FromMilliseconds(1);
        cache.Trim();
        Assert.True(cache.HasSpare);
        clock.Now += TimeSpan.FromMilliseconds(1);
        cache.Trim();

        Assert.False(cache.HasSpare);
        Assert.Equal(0, first.Capacity);
        return Task.CompletedTask;
    }

    private static byte[][] Add(BlobFile file, int count, int size)
    {
        byte[][] contents = [.. Enumerable.Range(0, count).Select(i => Enumerable.Repeat((byte)(i + size), (i + 1) * size).ToArray())];
        Assert.Equal(Enumerable.Range(0, count), contents.Select(content => file.Sink.Add(content)));
        file.Seal();
        return contents;
    }

    private static void AssertHolds(BlobFile file, byte[][] contents)
    {
        BlobSource source = file.OpenSource();
        Assert.Equal(contents.Sum(static content => content.LongLength), source.TotalLength);
        for (int i = 0; i < contents.Length; i++)
        {
            byte[] copy = new byte[source.GetLength(i)];
            source.CopyTo(i, copy);
            Assert.Equal(contents[i], copy);
        }
    }

    private static void Overwrite(BlobFile file, long offset, long value)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        RandomAccess.Write(file.Handle, bytes, offset);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
