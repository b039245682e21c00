using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Telar.Multiprocessing;

namespace Telar.Tests.Multiprocessing.Connections;

/// <summary>The framing of multiprocessing.connection, without a socket.</summary>
public sealed class IncomingMessageTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(0L, "00000000")]
    [InlineData(1L, "00000001")]
    [InlineData(16384L, "00004000")]
    [InlineData(70000L, "00011170")]
    [InlineData(2147483647L, "7FFFFFFF")]
    [InlineData(2147483648L, "FFFFFFFF0000000080000000")]
    public void Header_IsWhatCPythonWrites(long length, string expected)
    {
        byte[] header = new byte[MessageHeader.LongSize];

        int size = MessageHeader.Write(header, length);

        Assert.Equal(expected, Convert.ToHexString(header.AsSpan(0, size)));
        Assert.Equal(0, MessageHeader.Read(header.AsSpan(0, size), out ulong read));
        Assert.Equal((ulong)length, read);
        for (int part = 0; part < size; part++)
        {
            Assert.True(MessageHeader.Read(header.AsSpan(0, part), out _) > 0);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public void Header_WithANegativeLength_IsNoMessage(int length)
    {
        byte[] header = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(header, length);
        using var incoming = new IncomingMessage();
        header.CopyTo(incoming.GetFree());

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => incoming.Advance(header.Length));

        Assert.Contains($"{length} bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1UL << 31)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void Header_WithAHugeLength_IsSizedAndTakesNoMemory(ulong length)
    {
        byte[] header = new byte[MessageHeader.LongSize];
        BinaryPrimitives.WriteInt32BigEndian(header, -1);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(sizeof(int)), length);
        using var incoming = new IncomingMessage();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Feed(incoming, header, 5, own: true);

        Assert.True(incoming.IsSized);
        Assert.Equal(length, incoming.Length);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000);
    }

    [Fact(Timeout = 120_000)]
    public void Messages_CutAnywhere_ComeBackWholeAndInOrder() =>
        Prop.ForAll<byte[][], PositiveInt, bool>((messages, cut, own) =>
        {
            byte[] stream = [.. messages.SelectMany(Framed)];
            using var incoming = new IncomingMessage();
            var received = new List<byte[]>();
            int position = 0;
            while (position < stream.Length || incoming.IsSized)
            {
                position += Feed(incoming, stream.AsSpan(position), 1 + (cut.Get % 7), own);
                if (incoming.IsComplete)
                {
                    received.Add(incoming.Take());
                    Assert.True(incoming.IsEmpty);
                }
            }

            return received.Count == messages.Length && received.Zip(messages).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public void AMessage_LongerThanTheFirstReservation_GrowsWithWhatCame(bool own)
    {
        const int Length = (64 << 20) + 12_345;
        byte[] header = new byte[MessageHeader.LongSize];
        using var incoming = new IncomingMessage();
        _ = Feed(incoming, header.AsSpan(0, MessageHeader.Write(header, Length)), int.MaxValue, own);

        int filled = 0;
        while (!incoming.IsComplete)
        {
            Span<byte> free = incoming.GetFree();
            free[0] = 1;
            free[^1] = 2;
            filled += free.Length;
            Assert.True(filled <= Length);
            incoming.Advance(free.Length);
        }

        byte[] message = incoming.Take();
        Assert.Equal(Length, message.Length);
        Assert.Equal((1, 2), (message[0], message[^1]));
    }

    private static byte[] Framed(byte[] message)
    {
        byte[] header = new byte[MessageHeader.LongSize];
        return [.. header.AsSpan(0, MessageHeader.Write(header, message.Length)), .. message];
    }

    private static int Feed(IncomingMessage incoming, ReadOnlySpan<byte> bytes, int most, bool own)
    {
        int fed = 0;
        while (true)
        {
            if (incoming.IsSized && !incoming.HasPayload && incoming.Length < int.MaxValue)
            {
                incoming.BeginPayload(own);
            }

            if (incoming.IsComplete || fed == bytes.Length || (incoming.IsSized && !incoming.HasPayload))
            {
                return fed;
            }

            Span<byte> free = incoming.GetFree();
            int count = Math.Min(most, Math.Min(free.Length, bytes.Length - fed));
            bytes.Slice(fed, count).CopyTo(free);
            incoming.Advance(count);
            fed += count;
        }
    }
}
