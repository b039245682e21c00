using Telar.Internal.Framing;

namespace Telar.Tests.Internal.Framing;

/// <summary>Bytes in, frames out, however the bytes are cut; damage is noticed, and promises cost nothing.</summary>
public sealed class FrameBufferTests
{
    [Fact(Timeout = 120_000)]
    public void TryTake_HoweverTheBytesAreCut_GivesTheFramesThatWentIn()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            List<(FrameHeader Header, byte[] Payload)> sent = [];
            using MemoryStream stream = new();
            int count = random.Next(1, 30);
            for (int i = 0; i < count; i++)
            {
                byte[] payload = new byte[random.Next(5) == 0 ? random.Next(200_000) : random.Next(100)];
                random.NextBytes(payload);
                FrameHeader header = new((FrameKind)random.Next(1, 22), (FrameBlobs)random.Next(3), random.NextInt64(), payload.Length, random.NextInt64());
                byte[] head = new byte[FrameHeader.Size];
                header.Write(head);
                stream.Write(head);
                stream.Write(payload);
                sent.Add((header, payload));
            }

            using FrameBuffer buffer = new();
            ReadOnlySpan<byte> rest = stream.ToArray();
            int taken = 0;
            while (!rest.IsEmpty)
            {
                Span<byte> free = buffer.GetFree().Span;
                int take = Math.Min(Math.Min(rest.Length, free.Length), random.Next(3) switch { 0 => 1, 1 => random.Next(1, 64), _ => random.Next(1, 100_000) });
                rest[..take].CopyTo(free);
                buffer.Advance(take);
                rest = rest[take..];
                bool several = buffer.HoldsSeveralFrames;
                int before = buffer.Count;
                bool first = true;
                while (buffer.TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload))
                {
                    Assert.Equal(sent[taken].Header, header);
                    Assert.True(payload.Span.SequenceEqual(sent[taken].Payload), $"Frame {taken} differs (seed {seed}).");
                    Assert.Equal(first && before > FrameHeader.Size + payload.Length, first && several);
                    first = false;
                    taken++;
                }
            }

            Assert.Equal(sent.Count, taken);
            Assert.Equal(0, buffer.Count);
        }
    }

    [Fact(Timeout = 120_000)]
    public void TryTake_OfAHeaderThatPromisesAGigabyte_CostsWhatCame()
    {
        using FrameBuffer buffer = new();
        new FrameHeader(FrameKind.Result, FrameBlobs.None, 1, FrameHeader.MaxLength).Write(buffer.GetFree().Span);
        buffer.Advance(FrameHeader.Size);
        Assert.False(buffer.TryTake(out _, out _));

        int received = FrameHeader.Size;
        while (received < 300_000)
        {
            Memory<byte> free = buffer.GetFree();
            Assert.True(received + free.Length <= Math.Max(4 * received, 256 * 1024), $"{received + free.Length} bytes of buffer for {received} received.");
            int take = Math.Min(free.Length, 1000);
            buffer.Advance(take);
            received += take;
            Assert.False(buffer.TryTake(out _, out _));
        }
    }

    /// <summary>Seen red: doubling a buffer of a gigabyte overflowed, in the thread of the pool.</summary>
    [Fact(Timeout = 120_000)]
    public void TryTake_OfTheLongestFrame_GivesIt()
    {
        Assert.SkipWhen(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 8L << 30, "Needs 4 GiB of memory.");
        using FrameBuffer buffer = new();
        new FrameHeader(FrameKind.Result, FrameBlobs.None, 1, FrameHeader.MaxLength).Write(buffer.GetFree().Span);
        buffer.Advance(FrameHeader.Size);
        FrameHeader header;
        while (!buffer.TryTake(out header, out _))
        {
            int left = FrameHeader.MaxLength + FrameHeader.Size - buffer.Count;
            buffer.Advance(Math.Min(buffer.GetFree().Length, left));
        }

        Assert.Equal(FrameHeader.MaxLength, header.Length);
    }

    [Fact(Timeout = 120_000)]
    public void TryTake_OfDamage_SaysWhatItFound()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            Random random = new(seed);
            byte[] head = new byte[FrameHeader.Size];
            new FrameHeader(FrameKind.Result, FrameBlobs.None, 7, 0).Write(head);
            int place = random.Next(3) switch { 0 => 6, 1 => 7, _ => 3 };
            head[place] ^= place == 3 ? (byte)0x80 : (byte)(1 << random.Next(8));
            using FrameBuffer buffer = new();
            head.CopyTo(buffer.GetFree());
            buffer.Advance(head.Length);

            InvalidDataException damage = Assert.Throws<InvalidDataException>(() => buffer.TryTake(out _, out _));
            Assert.Contains(Convert.ToHexString(head), damage.Message, StringComparison.Ordinal);
        }
    }
}
