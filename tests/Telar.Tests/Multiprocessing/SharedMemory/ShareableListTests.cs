using System.Text;
using System.Text.Json;
using Telar.Internal.Segments;
using Telar.Multiprocessing;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Internal.Segments;
using Xunit;

namespace Telar.Tests.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public sealed class ShareableListTests
{
    private static readonly object?[] s_mixed = [1, 2.0, true, "txt", "raw"u8.ToArray(), null, "xxxxxxxxxxxxxxxxxxxx"];

    private readonly string _name = SegmentName.Random("telar_test_", 8);

    public ShareableListTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory with a name is there on Linux only so far.");

    /// <summary>Lists whose memory CPython 3.13 has written out: what went in, and the bytes.</summary>
    public static TheoryData<string, object?[]> Vectors => new()
    {
        { "empty", [] },
        { "ints", [1L, -1L, long.MaxValue, long.MinValue] },
        { "floats", [1.5, double.PositiveInfinity] },
        { "bools", [true, false] },
        { "none", [null] },
        { "strs", ["", "a", "12345678", "é"] },
        { "mixed", s_mixed },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Vectors))]
    public void Create_WritesWhatCPythonWrites(string vector, object?[] items)
    {
        byte[] expected = Read(vector);

        using ShareableList list = ShareableList.Create(items);

        Assert.Equal(expected, list.SharedMemory.Span.ToArray());
        Assert.Equal(FormatOf(vector), list.Format);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Vectors))]
    public void Open_ReadsWhatCPythonWrote(string vector, object?[] items)
    {
        using SharedMemory memory = Load(vector);
        using ShareableList list = ShareableList.Open(_name);

        Assert.Equal(items.Select(static item => item is int number ? (long)number : item), list);
        Assert.Equal((items.Length, FormatOf(vector)), (list.Count, list.Format));
    }

    [Fact(Timeout = 120_000)]
    public void Open_OfBytesWithZerosAtTheEnd_ReadsWhatCPythonReads()
    {
        using SharedMemory memory = Load("bytes");
        using ShareableList list = ShareableList.Open(_name);

        Assert.Equal(["", "616263", "610062"], list.Select(static item => Convert.ToHexStringLower((byte[])item!)));
    }

    [Fact(Timeout = 120_000)]
    public void Open_OfTextThatCPythonCut_ReadsWhatIsLeft()
    {
        using SharedMemory memory = Load("str_utf8_truncated");
        using ShareableList list = ShareableList.Open(_name);

        Assert.Equal(["éééé"], list);
    }

    [Fact(Timeout = 120_000)]
    public void Open_OfABigText_ReadsAllOfIt()
    {
        using SharedMemory memory = Load("big_str");
        using ShareableList list = ShareableList.Open(_name);

        Assert.Equal(9999, Assert.IsType<string>(list[0]).Length);
    }

    [Fact(Timeout = 120_000)]
    public void Item_SetToAnotherType_WritesWhatCPythonWrites()
    {
        using ShareableList list = ShareableList.Create(s_mixed);

        list[3] = "new";
        list[0] = 3.5;
        list[5] = "str8";
        list[6] = null;

        Assert.Equal(Read("mixed_after_set"), list.SharedMemory.Span.ToArray());
        Assert.Equal(FormatOf("mixed_after_set"), list.Format);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("ä\0")]
    [InlineData("\0\0\0")]
    [InlineData("1234567\0")]
    [InlineData("ééééééé")]
    [InlineData("\U0001F600")]
    public void Item_OfAnyText_ComesBackAsItWas(string text)
    {
        using ShareableList list = ShareableList.Create([text, Encoding.UTF8.GetBytes(text)]);

        Assert.Equal(text, list[0]);
        Assert.Equal(Encoding.UTF8.GetBytes(text), list[1]);
    }

    [Fact(Timeout = 120_000)]
    public void Item_FillingItsSlotWithZeros_ComesBackAsItWas()
    {
        using ShareableList list = ShareableList.Create([1, 2]);

        list[0] = new byte[8];
        list[1] = "1234567\0";

        Assert.Equal(new byte[8], list[0]);
        Assert.Equal("1234567\0", list[1]);
    }

    [Fact(Timeout = 120_000)]
    public void Item_LongerThanItsSlot_IsRefusedAndChangesNothing()
    {
        using ShareableList list = ShareableList.Create(["abc", 5]);
        byte[] before = list.SharedMemory.Span.ToArray();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => list[0] = "123456789");
        _ = Assert.Throws<ArgumentException>(() => list[1] = "123456789");
        _ = Assert.Throws<ArgumentException>(() => list[1] = ulong.MaxValue);
        _ = Assert.Throws<ArgumentException>(() => list[1] = new object());
        _ = Assert.ThrowsAny<ArgumentException>(() => list[0] = "\ud800");

        Assert.Contains("has room for 8", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(before, list.SharedMemory.Span.ToArray());
    }

    [Fact(Timeout = 120_000)]
    public void Item_OutsideTheList_IsRefused()
    {
        using ShareableList list = ShareableList.Create([1, 2]);

        Assert.Equal(2L, list[^1]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => list[2]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => list[-1]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => list[2] = 0);
    }

    [Fact(Timeout = 120_000)]
    public void IndexOfAndCountOf_CompareAsPythonDoes()
    {
        using ShareableList list = ShareableList.Create([1, 1.0, true, "1", "1"u8.ToArray(), null, double.NaN, long.MaxValue]);

        Assert.Equal((3, 0), (list.CountOf(1), list.IndexOf(1.0)));
        Assert.Equal((1, 3), (list.CountOf("1"), list.IndexOf("1")));
        Assert.Equal((1, 4), (list.CountOf("1"u8.ToArray()), list.IndexOf("1"u8.ToArray())));
        Assert.Equal((1, 5), (list.CountOf(null), list.IndexOf(null)));
        Assert.Equal((0, -1), (list.CountOf(double.NaN), list.IndexOf(9.223372036854775807e18)));
        Assert.Equal((0, -1), (list.CountOf(new object()), list.IndexOf(DateTime.UnixEpoch)));
    }

    [Fact(Timeout = 120_000)]
    public void Create_OfWhatCannotBeHeld_MakesNothing()
    {
        _ = Assert.Throws<ArgumentException>(() => ShareableList.Create([1, DateTime.UnixEpoch], _name));
        _ = Assert.Throws<ArgumentException>(() => ShareableList.Create([new byte[1_000_000]], _name));
        _ = Assert.Throws<ArgumentException>(() => ShareableList.Create([new string('x', 10_000_000)], _name));

        _ = Assert.Throws<FileNotFoundException>(() => SharedMemory.Open(_name));
    }

    [Fact(Timeout = 120_000)]
    public void Open_OfDamagedMemory_IsRefusedOrReadsWithoutHarm()
    {
        byte[] sound = Read("mixed");
        Random random = new(20261122);
        int refused = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. sound];
            int hits = random.Next(1, 4);
            for (int i = 0; i < hits; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            damaged = damaged[..random.Next(1, damaged.Length + 1)];
            using SharedMemory memory = SharedMemory.Create(damaged.Length);
            damaged.CopyTo(memory.Span);
            try
            {
                using ShareableList list = ShareableList.Open(memory.Name);
                _ = list.ToArray();
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 2000);
    }

    [Fact(Timeout = 120_000)]
    public void Open_OfAListOfCPython38_IsRefused()
    {
        using SharedMemory memory = Load("mixed", "3.8");

        _ = Assert.Throws<InvalidDataException>(() => ShareableList.Open(_name));
    }

    [Fact(Timeout = 120_000)]
    public async Task Items_AreSharedWithCPython()
    {
        using ShareableList list = ShareableList.Create(s_mixed, _name);
        await using SegmentPeer python = SegmentPeer.StartPython("""
            import sys, json
            from multiprocessing import shared_memory, resource_tracker
            name = sys.stdin.readline().strip()
            shared = shared_memory.ShareableList(name=name)
            resource_tracker.unregister(shared.shm._name, 'shared_memory')
            print(list(shared))
            for line in sys.stdin:
                shared[3] = 'python'
                shared[5] = -5
                shared[0] = b'by\0te'
                print(shared.format)
            """);

        Assert.Equal("[1, 2.0, True, 'txt', b'raw', None, 'xxxxxxxxxxxxxxxxxxxx']", await python.AskAsync(_name));
        Assert.Equal(list.Format.Replace("q", "8s", StringComparison.Ordinal).Replace("xxxxxx?x", "q", StringComparison.Ordinal), await python.AskAsync("go"));
        Assert.Equal(("python", -5L), (list[3], list[5]));
        Assert.Equal("by\0te"u8.ToArray(), list[0]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Items_WithZerosAtTheEnd_AreReadAndReplacedByCPython()
    {
        using ShareableList list = ShareableList.Create(["abc\0"], _name);
        await using SegmentPeer python = SegmentPeer.StartPython("""
            import sys
            from multiprocessing import shared_memory, resource_tracker
            shared = shared_memory.ShareableList(name=sys.stdin.readline().strip())
            resource_tracker.unregister(shared.shm._name, 'shared_memory')
            print(shared[0])
            sys.stdin.readline()
            shared[0] = '12345678'
            print(shared.format)
            sys.stdin.readline()
            """);

        Assert.Equal("abc", await python.AskAsync(_name));
        Assert.Equal("8s", await python.AskAsync("go"));
        Assert.Equal("12345678", list[0]);
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Vectors", "shareablelist");

    private static byte[] Read(string vector, string version = "3.13") => File.ReadAllBytes(Path.Combine(Folder, $"{vector}.{version}.bin"));

    private static string? FormatOf(string vector)
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "index.3.13.json")));
        return index.RootElement.GetProperty(vector).GetProperty("format").GetString();
    }

    private SharedMemory Load(string vector, string version = "3.13")
    {
        byte[] bytes = Read(vector, version);
        SharedMemory memory = SharedMemory.Create(bytes.Length, _name);
        bytes.CopyTo(memory.Span);
        return memory;
    }
}
