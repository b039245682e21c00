using System.Collections;
using System.Reflection;
using System.Reflection.Emit;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class HostileTests
{
    [Fact(Timeout = 120_000)]
    public void Damage_IsReported_WithOffsetAndExpectation()
    {
        byte[] payload = Codec.Encode(new List<string?> { "hello" });
        var e = Assert.Throws<SerializationException>(() => Codec.Decode<List<string?>>(payload[..^3]));
        Assert.Contains("at offset ", e.Message, StringComparison.Ordinal);
        Assert.Contains("expected", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<SerializationException>(() => Codec.Decode<bool>([2]));
        Assert.Contains("at offset 1: expected 0 or 1, not 2", e.Message, StringComparison.Ordinal);
        _ = Assert.Throws<SerializationException>(() => Codec.Decode<DateTime>([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x3F]));
        _ = Assert.Throws<SerializationException>(() => Codec.Decode<decimal>([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F]));
        _ = Assert.Throws<SerializationException>(() => Codec.Decode<System.Text.Rune>([0, 0xD8, 0, 0]));
        _ = Assert.Throws<SerializationException>(() => Codec.Decode<bool[]>([3, 2, 0, 1, 7]));
    }

    [Fact(Timeout = 120_000)]
    public void TheDecoder_KeepsTheSamePolicy()
    {
        // Bytes that name a type which no sender could have sent: written by hand, since the encoder refuses.
        foreach (Type type in new[] { typeof(FileStream), typeof(System.Diagnostics.Process), typeof(Unmarked), typeof(object), typeof(Hashtable), typeof(StringBuilderHeir), typeof(IDisposable), typeof(void), typeof(List<>), typeof(Span<int>), typeof(Array), typeof(Delegate), typeof(string[]).BaseType!, typeof(InvalidOperationException), typeof(int?), typeof(Nullable<>), typeof(Guard) })
        {
            using var writer = new PayloadWriter();
            writer.WriteByte((byte)ReferenceMarker.Typed);
            writer.WriteVar(0);
            byte[] name = SymbolNames.Of(type).Name;
            writer.WriteCount(name.Length);
            writer.WriteBytes(name);
            writer.WriteBytes(new byte[64]);
            _ = Assert.Throws<SerializationException>(() => TypedCodec.Read<object>(new PayloadReader(writer.WrittenMemory)));
        }
    }

    [Fact(Timeout = 120_000)]
    public void Comparers_MayNotCallJustAnyMethod()
    {
        // A set whose comparer is File.Move, as far as shapes go: the decoder would call it while it inserts.
        Comparison<string> lambda = (x, y) => string.CompareOrdinal(x, y);
        byte[] good = Codec.Encode(Comparer<string>.Create(lambda));
        byte[] lambdaName = SymbolNames.Of(lambda.Method).Name;
        byte[] otherName = SymbolNames.Of(((Comparison<string>)string.CompareOrdinal).Method).Name;
        int at = good.AsSpan().IndexOf(lambdaName);
        Assert.True(at > 2);
        byte[] bad = [.. good[..(at - 3)], (byte)DelegateKind.Open, 0, (byte)otherName.Length, .. otherName, .. good[(at + lambdaName.Length)..]];
        var e = Assert.Throws<SerializationException>(() => Codec.Decode<Comparer<string>>(bad));
        Assert.Contains("a lambda in a comparer", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void HugeCounts_AllocateNothing()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Action read in new Action[]
        {
            () => Codec.Decode<int[]>([3, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0, 1, 2]),
            () => Codec.Decode<string[]>([3, 0xFF, 0xFF, 0xFF, 0xFF, 7]),
            () => Codec.Decode<List<string>>([3, 0xFF, 0xFF, 0xFF, 0xFF, 7]),
            () => Codec.Decode<string>([0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 7]),
            () => Codec.Decode<Dictionary<int, int>>([3, 0, 0xFF, 0xFF, 0xFF, 0xFF, 7]),
            () => Codec.Decode<int[,]>([3, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 0, 0]),
            () => Codec.Decode<BitArray>([3, 0xFF, 0xFF, 0xFF, 0xFF, 7]),
            () => Codec.Decode<System.Numerics.BigInteger>([0xFF, 0xFF, 0xFF, 0xFF, 7]),
        })
        {
            _ = Assert.Throws<SerializationException>(read);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 2 << 20, $"{allocated} bytes were allocated for counts that nothing stands behind.");
    }

    [Fact(Timeout = 120_000)]
    public void Amplification_IsLimited()
    {
        // A byte each for nothing, a kilobyte each for what would hold it.
        var value = new List<Big?>();
        for (int i = 0; i < 10_000; i++)
        {
            value.Add(null);
        }

        byte[] payload = Codec.Encode(value);
        var e = Assert.Throws<SerializationException>(() => Codec.Decode<List<Big?>>(payload, new DecodeContext { MaxAllocation = 1 << 20 }));
        Assert.Contains("may allocate", e.Message, StringComparison.Ordinal);
        Assert.Equal(10_000, Codec.Decode<List<Big?>>(payload, new DecodeContext { MaxAllocation = 1 << 25 }).Count);
    }

    [Fact(Timeout = 120_000)]
    public void DeepBytes_DoNotOverflowTheStack()
    {
        // Object arrays of one element, each inside the other, without being put off.
        using var writer = new PayloadWriter();
        writer.WriteByte((byte)ReferenceMarker.Exact);
        for (int i = 0; i < 100_000; i++)
        {
            writer.WriteCount(1);
            writer.WriteByte((byte)ReferenceMarker.Typed);
            if (i == 0)
            {
                byte[] name = SymbolNames.Of(typeof(object[])).Name;
                writer.WriteVar(0);
                writer.WriteCount(name.Length);
                writer.WriteBytes(name);
            }
            else
            {
                writer.WriteVar(1);
            }
        }

        var e = Assert.Throws<SerializationException>(() => TypedCodec.Read<object[]>(new PayloadReader(writer.WrittenMemory)));
        Assert.Contains("levels deep", e.Message, StringComparison.Ordinal);

        // And a type of types of types.
        writer.Reset();
        writer.WriteByte((byte)ReferenceMarker.Typed);
        writer.WriteVar(0);
        writer.WriteCount(10_000);
        for (int i = 0; i < 10_000; i++)
        {
            writer.WriteByte((byte)SymbolTag.Vector);
        }

        e = Assert.Throws<SerializationException>(() => TypedCodec.Read<object>(new PayloadReader(writer.WrittenMemory)));
        Assert.Contains("nested generic arguments", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void UnmanagedMemory_CanBeRead()
    {
        byte[] payload = Codec.Encode(new List<string> { "x" });
        unsafe
        {
            fixed (byte* p = payload)
            {
                using var manager = new PointerMemory(p, payload.Length);
                Assert.Equal("x", TypedCodec.Read<List<string>>(new PayloadReader(manager.Memory))[0]);
            }
        }
    }

    internal sealed class Unmarked
    {
        public int Value { get; set; }
    }

    internal sealed class StringBuilderHeir : MemoryStream;

    [Sendable]
    internal abstract class Guard;

    [System.Runtime.CompilerServices.InlineArray(128)]
    internal struct Big
    {
        private long _first;
    }

    private sealed unsafe class PointerMemory(byte* p, int length) : System.Buffers.MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(p, length);

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => new(p + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
