using System.Runtime.CompilerServices;
using System.Text;
using Telar.Multiprocessing;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public sealed class SharedTypesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public SharedTypesTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory with a name is there on Linux only so far.");

    [Fact(Timeout = 120_000)]
    public void RawValue_IsReadAndWrittenInPlace()
    {
        using RawValue<Point> point = new(new Point(1.5, -6.25));

        point.Ref.X = 2.5;
        Assert.Equal(new Point(2.5, -6.25), point.Value);

        point.Value = new Point(3, 4);
        Assert.Equal(3, point.Ref.X);
        Assert.Equal(16, point.SharedMemory.Size);
    }

    [Fact(Timeout = 120_000)]
    public void RawArray_HasCLayoutAndFixedLength()
    {
        using RawArray<int> array = new([1, 2, 3]);
        using SharedMemory memory = SharedMemory.Open(array.SharedMemory.Name);

        array[^1] = 30;

        Assert.Equal([1, 2, 30], array);
        Assert.Equal([1, 2, 30], memory.AsSpan<int>());
        Assert.Equal((3, 2), (array.Count, array[1]));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array[3]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array[-1] = 0);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RawArray<int>(0));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new RawArray<long>(int.MaxValue));
    }

    [Fact(Timeout = 120_000)]
    public void RawArray_OfALength_IsZeroes()
    {
        using RawArray<double> array = new(5);

        Assert.Equal(new double[5], array);
    }

    [Fact(Timeout = 120_000)]
    public async Task Value_IncrementedUnderItsLock_LosesNothing()
    {
        using Value<int> counter = new(0);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                using (counter.Enter())
                {
                    counter.Ref += 1;
                }
            }
        }, Token)));

        Assert.Equal(4000, counter.Get());
        counter.Set(7);
        Assert.Equal(7, counter.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Value_WithALockOfTheCaller_UsesAndLeavesIt()
    {
        using RLock shared = new();
        Value<int> value = new(1, shared);
        Assert.Same(shared, value.GetLock());

        value.Dispose();

        Assert.True(shared.TryAcquire());
        shared.Release();
    }

    [Fact(Timeout = 120_000)]
    public void Value_WhoseLockAnotherThreadHolds_WaitsForIt()
    {
        using Value<int> value = new(1);
        using ManualResetEventSlim refused = new();
        int seen = 0;
        Thread other = new(() =>
        {
            if (!value.GetLock().TryAcquire())
            {
                refused.Set();
            }

            seen = value.Get();
        });
        using (value.Enter(cancellationToken: Token))
        {
            other.Start();
            refused.Wait(Token);
            value.Ref = 2;
        }

        other.Join();
        Assert.Equal(2, seen);
    }

    [Fact(Timeout = 120_000)]
    public void Array_SlicesAreCopiesOfTheSameLength()
    {
        using Array<short> array = new([1, 2, 3, 4]);

        array[1..3] = [20, 30];

        Assert.Equal([20, 30, 4], array[1..]);
        Assert.Equal([1, 20, 30, 4], array.ToArray());
        _ = Assert.Throws<ArgumentException>(() => array[..2] = [1]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array[2..5]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => array[4]);
        Assert.Equal([1, 20, 30, 4], array.Span.ToArray());
    }

    // Seen red, as the end of the process: an array that the finalizer unmaps while it is copied.
    [Fact(Timeout = 120_000)]
    public void Array_WhoseLastUseIsASlice_KeepsItsMemoryMeanwhile()
    {
        using RLock guard = new();
        bool isOver = false;
        Thread collector = new(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (int i = 0; i < 200; i++)
            {
                Token.ThrowIfCancellationRequested();
                Assert.Equal(7, Slice(guard)[^1]);
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            collector.Join();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // Optimized, so that its variable does not keep the array.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        static byte[] Slice(RLock guard)
        {
            Array<byte> array = new(4 << 20, guard);
            array[^1] = 7;
            return array[..];
        }
    }

    [Fact(Timeout = 120_000)]
    public void SharedString_HasAValueAndRawBytes()
    {
        using SharedString text = new(6);

        text.Value = "abcdef";
        text.Value = "é";
        Assert.Equal(("é", "é"), (text.Value, text.ToString()));
        Assert.Equal([.. "é"u8, 0, .. "def"u8], text.Raw);

        text.Raw = [.. "xy\0z"u8];
        Assert.Equal("xy", text.Value);
        Assert.Equal("xy\0zef", Encoding.ASCII.GetString(text.Raw));
        _ = Assert.Throws<ArgumentException>(() => text.Value = "éééé");
        _ = Assert.Throws<ArgumentException>(() => text.Raw = new byte[7]);
    }

    [Fact(Timeout = 120_000)]
    public void Copy_IsApartFromItsSource()
    {
        using RawValue<int> value = new(5);
        using RawValue<int> copy = SharedTypes.Copy(value);
        using RawArray<int> array = new([1, 2]);
        using RawArray<int> arrayCopy = SharedTypes.Copy(array);

        value.Value = 6;
        array[0] = 9;

        Assert.Equal(5, copy.Value);
        Assert.Equal([1, 2], arrayCopy);
    }

    [Fact(Timeout = 120_000)]
    public void Synchronized_GuardsTheSameMemory()
    {
        RawValue<int> raw = new(5);
        using Value<int> value = SharedTypes.Synchronized(raw);
        using Array<int> array = SharedTypes.Synchronized(new RawArray<int>([1]));

        value.Set(6);

        Assert.Equal((6, 1), (raw.Value, array[0]));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("cbB", 1)]
    [InlineData("hH", 2)]
    [InlineData("iIfu", 4)]
    [InlineData("lLqQd", 8)]
    public void TypeCodes_HaveTheSizesOfC(string codes, int size)
    {
        Assert.All(codes, code => Assert.Equal(size, SizeOf(TypeCodes.Parse(code))));
        _ = Assert.Throws<ArgumentException>(() => TypeCodes.Parse('x'));
    }

    // Not the marshaller's size, which is 4 for a Rune by chance only.
    private static int SizeOf(Type type) => type == typeof(Rune) ? Unsafe.SizeOf<Rune>() : System.Runtime.InteropServices.Marshal.SizeOf(type);

    private record struct Point(double X, double Y);
}
