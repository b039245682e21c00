using System.Collections;
using System.Drawing;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class ValueTests
{
    internal enum Colour : byte
    {
        Red = 3,
        Blue = 200,
    }

    private static void Same<T>(T value)
    {
        Assert.Equal(value, Codec.RoundTrip(value));
        Assert.Equal((object?)value, Codec.RoundTrip<object?>(value));
        Assert.Equal(new[] { value, value }, Codec.RoundTrip(new[] { value, value }));
    }

    [Fact(Timeout = 120_000)]
    public void Scalars_ComeBackEqual()
    {
        Same(true);
        Same('\uD800');
        Same(sbyte.MinValue);
        Same((byte)255);
        Same(short.MinValue);
        Same(ushort.MaxValue);
        Same(int.MinValue);
        Same(uint.MaxValue);
        Same(long.MinValue);
        Same(ulong.MaxValue);
        Same(1.5f);
        Same(double.NaN);
        Same(-0.0);
        Same((Half)0.1);
        Same(Int128.MinValue);
        Same(UInt128.MaxValue);
        Same(decimal.MinValue);
        Same(1.2300m);
        Same(new Complex(1, -2));
        Same(BigInteger.Pow(-3, 500));
        Same(BigInteger.Zero);
        Same(new Rune(0x1F600));
        Same(Guid.NewGuid());
        Same(Colour.Blue);
        Same((Colour)77);
        Same(BindingFlags.Static | BindingFlags.Public);
        Same(new Vector3(1, 2, 3));
        Same(new Rectangle(1, 2, 3, 4));
        Same(Color.FromArgb(1, 2, 3, 4));
        Same(Color.Red);
    }

    [Fact(Timeout = 120_000)]
    public void DecimalScale_IsKept() => Assert.Equal("1.2300", Codec.RoundTrip(1.2300m).ToString(CultureInfo.InvariantCulture));

    [Fact(Timeout = 120_000)]
    public void Times_KeepKindAndOffset()
    {
        foreach (DateTimeKind kind in Enum.GetValues<DateTimeKind>())
        {
            var time = new DateTime(638_000_000_000_000_001, kind);
            DateTime back = Codec.RoundTrip(time);
            Assert.Equal((time.Ticks, time.Kind), (back.Ticks, back.Kind));
        }

        Same(DateTime.MaxValue);
        Same(DateTime.MinValue);
        DateTimeOffset offset = Codec.RoundTrip(new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromMinutes(-330)));
        Assert.Equal(TimeSpan.FromMinutes(-330), offset.Offset);
        Assert.Equal(29, offset.Day);
        Same(DateTimeOffset.MinValue);
        Same(DateOnly.MaxValue);
        Same(TimeOnly.MaxValue);
        Same(TimeSpan.MinValue);
    }

    [Fact(Timeout = 120_000)]
    public void Strings_SurviveWhateverTheyHold()
    {
        foreach (string? text in new[] { null, "", "a", "caf\u00E9", "\u20AC", "\uD800", "x\uDC00y\uD83D\uDE00", "\0", new string('z', 100_000) })
        {
            Same(text);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Nullables_ComeBack()
    {
        Same<int?>(5);
        Same<int?>(null);
        Same<(int, string)?>((1, "x"));
        Same<DateTime?>(DateTime.MaxValue);
    }

    [Fact(Timeout = 120_000)]
    public void Tuples_OfAnyArity_ComeBack()
    {
        Same(ValueTuple.Create());
        Same((1, "a"));
        Same((1, 2, 3, 4, 5, 6, 7, 8, 9, "ten", 11, 12, 13, 14, 15, 16));
        Same(Tuple.Create(1, "x", 2.5));
        Same(new Tuple<int, int, int, int, int, int, int, Tuple<string, int>>(1, 2, 3, 4, 5, 6, 7, Tuple.Create("e", 9)));
        Same(new KeyValuePair<string, int>("k", 4));
        Same(1..^2);
        Same(^0);
        Same(new Index(3));
    }

    [Fact(Timeout = 120_000)]
    public void PlatformClasses_ComeBack()
    {
        Same(new Uri("https://example.org/a b?q=1#f"));
        Same(new Uri("../up", UriKind.Relative));
        Same(new Version(1, 2));
        Same(new Version(1, 2, 3, 4));
        Assert.Same(CultureInfo.InvariantCulture.Name, Codec.RoundTrip(CultureInfo.InvariantCulture).Name);
        Assert.True(Codec.RoundTrip(CultureInfo.InvariantCulture).IsReadOnly);
        Assert.Same(TimeZoneInfo.Utc, Codec.RoundTrip(TimeZoneInfo.Utc));
        TimeZoneInfo own = TimeZoneInfo.CreateCustomTimeZone("Mine/Own", TimeSpan.FromMinutes(95), "mine", "mine");
        Assert.Equal(own, Codec.RoundTrip(own));
        Assert.Same(DBNull.Value, Codec.RoundTrip(DBNull.Value));
        Assert.Equal("text", Codec.RoundTrip(new StringBuilder("text")).ToString());
        var bits = new BitArray([true, false, true, true, false, true, false, false, true]);
        Assert.Equal(bits.Cast<bool>(), Codec.RoundTrip(bits).Cast<bool>());
        var regex = new Regex("^a(?<n>b+)$", RegexOptions.IgnoreCase | RegexOptions.Multiline, TimeSpan.FromSeconds(3));
        Regex back = Codec.RoundTrip(regex);
        Assert.Equal((regex.ToString(), regex.Options, regex.MatchTimeout), (back.ToString(), back.Options, back.MatchTimeout));
        Assert.Equal(Regex.InfiniteMatchTimeout, Codec.RoundTrip(new Regex("x")).MatchTimeout);
        var lazy = new Lazy<string>(() => "made");
        _ = lazy.Value;
        Assert.Equal("made", Codec.RoundTrip(lazy).Value);
        Assert.Equal(4, Codec.RoundTrip(new StrongBox<int>(4)).Value);
    }

    [Fact(Timeout = 120_000)]
    public void Encodings_KeepTheirMarkAndTheirStrictness()
    {
        Encoding[] encodings =
        [
            Encoding.UTF8, new UTF8Encoding(false), new UTF8Encoding(true, true), new UTF8Encoding(false, true), Encoding.Unicode,
            Encoding.BigEndianUnicode, new UnicodeEncoding(false, false, true), Encoding.UTF32, Encoding.ASCII, Encoding.Latin1,
        ];
        foreach (Encoding encoding in encodings)
        {
            Encoding back = Codec.RoundTrip(encoding);
            Assert.Equal(encoding, back);
            Assert.True(encoding.Preamble.SequenceEqual(back.Preamble));
        }

        Assert.Contains("fallbacks", Codec.Refused(Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("!"), DecoderFallback.ReplacementFallback)).Message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void TypesAndMethods_AreTheSameOnes()
    {
        Type[] types =
        [
            typeof(int), typeof(List<>), typeof(Dictionary<string, ValueTests>), typeof(int[,]), typeof(string[][]), typeof(Nested<int>.Inner<string>), typeof(Nested<>.Inner<>),
            typeof(void), typeof(Console),
        ];
        foreach (Type type in types)
        {
            Assert.Same(type, Codec.RoundTrip(type));
        }

        MethodInfo[] methods =
        [
            typeof(string).GetMethod(nameof(string.CompareOrdinal), [typeof(string), typeof(string)])!, ((Func<int, int>)Nested<int>.Echo<int>).Method,
            typeof(List<int>).GetMethod(nameof(List<>.Add))!,
        ];
        foreach (MethodInfo method in methods)
        {
            Assert.Equal(method, Codec.RoundTrip(method));
        }

        _ = Codec.Refused(typeof(int).MakePointerType());
        _ = Codec.Refused(typeof(List<>).GetGenericArguments()[0]);
    }

    [Fact(Timeout = 120_000)]
    public void Views_TravelAsWhatTheyShow()
    {
        int[] big = [.. Enumerable.Range(0, 1000)];
        Assert.Equal(big[10..13], Codec.RoundTrip(big.AsMemory(10, 3)).ToArray());
        Assert.Equal(big[10..13], Codec.RoundTrip<ReadOnlyMemory<int>>(big.AsMemory(10, 3)).ToArray());
        Assert.Equal("ell", Codec.RoundTrip("hello".AsMemory(1, 3)).ToString());
        Assert.Equal(big[10..13], Codec.RoundTrip(new ArraySegment<int>(big, 10, 3)).ToArray());
        Assert.Null(Codec.RoundTrip(default(ArraySegment<int>)).Array);
        Assert.True(Codec.Encode(big.AsMemory(10, 3)).Length < 40);
        Assert.Equal(new string?[] { "a", null }, Codec.RoundTrip(new string?[] { "x", "a", null }.AsMemory(1)).ToArray());
    }

    [Fact(Timeout = 120_000)]
    public void Arrays_OfEveryShape_ComeBack()
    {
        Same<int[]>([]);
        Same<int[]>([1, 2, 3]);
        Assert.Equal([true, false], Codec.RoundTrip(new[] { true, false }));
        Same<string?[]>(["a", null]);
        Same<int[][]>([[1], [], [2, 3]]);
        Same(new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Same(new string?[,,] { { { "a" }, { null } } });
        Same(new int[0, 5]);
        Same(new[] { Colour.Red });
        Same(new DateTime[] { DateTime.MinValue, DateTime.MaxValue });
        Same(new (int, string)[] { (1, "x") });

        var shifted = Array.CreateInstance(typeof(int), [2, 2], [-1, 10]);
        shifted.SetValue(9, 0, 11);
        Array back = Codec.RoundTrip(shifted);
        Assert.Equal((-1, 10, 9), (back.GetLowerBound(0), back.GetLowerBound(1), (int)back.GetValue(0, 11)!));
        var odd = Array.CreateInstance(typeof(string), [2], [5]);
        odd.SetValue("six", 6);
        back = Codec.RoundTrip(odd);
        Assert.Equal(("six", 5, odd.GetType()), ((string)back.GetValue(6)!, back.GetLowerBound(0), back.GetType()));
    }

    [Fact(Timeout = 120_000)]
    public void CovariantArrays_KeepTheirOwnType()
    {
        object[] texts = new string[] { "a" };
        Assert.IsType<string[]>(Codec.RoundTrip(texts));
        uint[] numbers = (uint[])(object)new int[] { -1 };
        Assert.IsType<int[]>((object)Codec.RoundTrip(numbers));
        IReadOnlyList<object> list = Codec.RoundTrip<IReadOnlyList<object>>(["x", 1]);
        Assert.Equal(["x", 1], list);
    }

    [Fact(Timeout = 120_000)]
    public void InlineArraysAndFixedBuffers_KeepAllTheirElements()
    {
        var eight = default(EightInts);
        for (int i = 0; i < 8; i++)
        {
            eight[i] = i * i;
        }

        Assert.Equal(49, Codec.RoundTrip(eight)[7]);
        Buffered buffered = default;
        buffered.Name = "n";
        unsafe
        {
            buffered.Bytes[15] = 99;
        }

        buffered = Codec.RoundTrip(buffered);
        unsafe
        {
            Assert.Equal(("n", 99), (buffered.Name, buffered.Bytes[15]));
        }

        _ = Codec.Refused(default(TwoTexts));
    }

    [Fact(Timeout = 120_000)]
    public void BigBlocks_GoOutOfBand()
    {
        var sink = new MemoryBlobSink(1000);
        int[] big = [.. Enumerable.Range(0, 1000)];
        var value = (big, new List<double>(new double[500]), new byte[999], big.AsMemory(), new int[20, 20]);
        byte[] payload = Codec.Encode(value, blobs: sink);
        Assert.Equal(4, sink.Blobs.Count);
        Assert.True(payload.Length < 1300, $"{payload.Length} bytes stayed in the payload.");

        var back = Codec.Decode<(int[], List<double>, byte[], Memory<int>, int[,])>(payload, blobs: new MemoryBlobSource(sink.Blobs));
        Assert.Equal(big, back.Item1);
        Assert.Equal(500, back.Item2.Count);
        Assert.Equal(big, back.Item4.ToArray());

        // One that lies about its length, and none at all.
        sink.Blobs[0] = sink.Blobs[0][1..];
        _ = Assert.Throws<SerializationException>(() => Codec.Decode<(int[], List<double>, byte[], Memory<int>, int[,])>(payload, blobs: new MemoryBlobSource(sink.Blobs)));
        _ = Assert.Throws<SerializationException>(() => Codec.Decode<(int[], List<double>, byte[], Memory<int>, int[,])>(payload));
    }

    [Fact(Timeout = 120_000)]
    public void SeveralValues_InOnePayload_FollowEachOther()
    {
        using var writer = new PayloadWriter();
        TypedCodec.Write(writer, 1);
        TypedCodec.Write(writer, new List<object> { "x" });
        TypedCodec.Write<string?>(writer, null);
        var reader = new PayloadReader(writer.WrittenMemory);
        Assert.Equal(1, TypedCodec.Read<int>(reader));
        Assert.Equal("x", TypedCodec.Read<List<object>>(reader)[0]);
        Assert.Null(TypedCodec.Read<string?>(reader));
        Assert.Equal(0, reader.Remaining);
    }

    [Fact(Timeout = 120_000)]
    public void WarmUp_RunsThrough() => TypedCodec.WarmUp();

    [InlineArray(8)]
    internal struct EightInts
    {
        private int _first;
    }

    [InlineArray(2)]
    [Sendable]
    internal struct TwoTexts
    {
        private string _first;
    }

    [Sendable]
    internal unsafe struct Buffered
    {
        public fixed byte Bytes[16];
        public string Name;
    }

    [StructLayout(LayoutKind.Explicit)]
    internal struct Union
    {
        [FieldOffset(0)]
        public int Whole;

        [FieldOffset(0)]
        public byte Low;
    }

    [Fact(Timeout = 120_000)]
    public void UnmanagedStructs_NeedNoConsent() => Assert.Equal(0x01020304, Codec.RoundTrip(new Union { Whole = 0x01020304 }).Whole);

    internal static class Nested<T>
    {
        public static TOther Echo<TOther>(TOther value) => value;

        public sealed class Inner<TInner>;
    }
}
