using System.Buffers.Binary;
using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Tests.Multiprocessing.Workers;

/// <summary>Big buffers in a memory file; a damaged one says what is wrong with it.</summary>
public sealed class BlobFileTests
{
    [Fact(Timeout = 60_000)]
    public void OpenSource_OfWhatWasAdded_GivesItBack()
    {
        using BlobFile file = new();
        Assert.False(file.HasContent);
        byte[][] contents = [.. Enumerable.Range(0, 5).Select(static i => Enumerable.Repeat((byte)i, i * 50_000).ToArray())];
        Assert.Equal(Enumerable.Range(0, 5), contents.Select(content => file.Sink.Add(content)).ToArray());

        file.Seal();
        BlobSource source = file.OpenSource();

        for (int i = 0; i < contents.Length; i++)
        {
            byte[] copy = new byte[source.GetLength(i)];
            source.CopyTo(i, copy);
            Assert.Equal(contents[i], copy);
        }

        Assert.Equal(-1, source.GetLength(5));
        Assert.Equal(-1, source.GetLength(-1));
        file.Reset();
        Assert.False(file.HasContent);
        Assert.Equal(0, file.Sink.Add([1]));
        file.Seal();
        Assert.Equal(1, file.OpenSource().GetLength(0));
        Assert.Equal(-1, file.OpenSource().GetLength(1)); // What was there before is not seen again.
    }

    [Theory(Timeout = 60_000)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(11L)]
    public void OpenSource_OfATableWithAFalseLength_SaysWhichBuffer(long length)
    {
        using BlobFile file = new();
        file.Sink.Add(new byte[10]);
        byte[] head = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(head, length);
        file.Seal();
        RandomAccess.Write(file.Handle, head, sizeof(long));

        InvalidDataException damage = Assert.Throws<InvalidDataException>(() => file.OpenSource());
        Assert.Contains("Buffer 0", damage.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(-1L)]
    [InlineData(7L)]
    [InlineData(12L)]
    [InlineData(1000L)]
    [InlineData(long.MaxValue)]
    public void OpenSource_OfAFileThatSaysAFalseSize_IsRefused(long used)
    {
        using BlobFile file = new();
        file.Sink.Add(new byte[10]);
        byte[] head = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(head, used);
        RandomAccess.Write(file.Handle, head, 0);

        Assert.Throws<InvalidDataException>(() => file.OpenSource());
    }

    [Fact(Timeout = 60_000)]
    public void CopyTo_OfAFileThatWasCutOffMeanwhile_SaysWhereItEnds()
    {
        using BlobFile file = new();
        file.Sink.Add(new byte[100_000]);
        file.Seal();
        BlobSource source = file.OpenSource();
        RandomAccess.SetLength(file.Handle, 5000);

        Exception damage = Assert.ThrowsAny<Exception>(() => source.CopyTo(0, new byte[100_000]));
        Assert.True(damage is InvalidDataException or SerializationException, damage.ToString());
        Assert.Contains("5000", damage.Message, StringComparison.Ordinal);
    }
}
