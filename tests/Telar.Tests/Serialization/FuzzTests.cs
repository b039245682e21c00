using System.Diagnostics;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class FuzzTests
{
    private const int Cases = 200_000;
    private const long MostAllocated = 8 << 20;

    // Seen red with a decoder that lets through what the platform's constructors throw, and with one that
    // believes the counts it reads and has no budget.
    [Fact(Timeout = 240_000)]
    public void DamagedPayloads_AreRefused_AndNothingElseHappens()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        List<(byte[] Payload, Func<PayloadReader, DecodeContext, object?> Read)> corpus = Corpus.Make();
        int refused = 0, read = 0, mismatched = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Cases; i++)
        {
            (byte[] payload, Func<PayloadReader, DecodeContext, object?> decode) = corpus[random.Next(corpus.Count)];
            byte[] damaged = Damage(random, payload, corpus[random.Next(corpus.Count)].Payload);
            var context = new DecodeContext { MaxAllocation = 1 << 20 };
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = decode(new PayloadReader(damaged), context);
                read++;
            }
            catch (SerializationException)
            {
                refused++;
            }
            catch (BuildMismatchException)
            {
                mismatched++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}, case {i}: {e}\n{Convert.ToHexString(damaged)}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostAllocated, $"Seed {seed}, case {i}: {allocated} bytes were allocated.\n{Convert.ToHexString(damaged)}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {refused} refused, {mismatched} of another build, {read} read, {clock.Elapsed.TotalSeconds:F1} s");
        Assert.True(refused > Cases / 4 && read > Cases / 20, $"Seed {seed}: the damage is of the wrong kind: {refused} refused, {mismatched} of another build, {read} read.");
    }

    private static byte[] Damage(Random random, byte[] payload, byte[] other)
    {
        byte[] bytes = [.. payload];
        switch (random.Next(6))
        {
            case 0: // one bit
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1: // a few bytes
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                return bytes;
            case 2: // cut off
                return bytes[..random.Next(bytes.Length)];
            case 3: // two payloads spliced
                return [.. bytes[..random.Next(bytes.Length + 1)], .. other[random.Next(other.Length)..]];
            case 4: // a count or length grown, as it may be anywhere
                int at = random.Next(bytes.Length);
                return [.. bytes[..at], 0xFF, 0xFF, 0xFF, 0xFF, (byte)random.Next(8), .. bytes[(at + 1)..]];
            default: // a part moved or repeated
                int from = random.Next(bytes.Length);
                int length = random.Next(Math.Min(32, bytes.Length - from) + 1);
                int to = random.Next(bytes.Length);
                return [.. bytes[..to], .. bytes.AsSpan(from, length), .. bytes[to..]];
        }
    }
}
