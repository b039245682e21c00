using System.Buffers;
using Telar.Internal.Segments;
using Telar.Multiprocessing;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Internal.Segments;
using Xunit;

namespace Telar.Tests.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public sealed class SharedMemoryTests
{
    private const string PythonUser = """
        import sys
        from multiprocessing import shared_memory
        held = {}
        for line in sys.stdin:
            order, *rest = line.split()
            if order == 'create':
                shm = shared_memory.SharedMemory(rest[0], create=True, size=int(rest[1]))
                held[shm.name] = shm
                print('ok')
            elif order == 'open':
                held[rest[0]] = shared_memory.SharedMemory(rest[0], track=False)
                print(held[rest[0]].size)
            elif order == 'get':
                print(held[rest[0]].buf[int(rest[1])])
            elif order == 'set':
                held[rest[0]].buf[int(rest[1])] = int(rest[2])
                print('ok')
            elif order == 'unlink':
                held[rest[0]].unlink()
                print('ok')
            elif order == 'close':
                held.pop(rest[0]).close()
                print('ok')
        """;

    private readonly string _name = SegmentName.Random("telar_test_", 8);

    public SharedMemoryTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Shared memory with a name is there on Linux only so far.");

    [Fact(Timeout = 120_000)]
    public void Create_WithoutAName_NamesItAsCPythonDoes()
    {
        using SharedMemory memory = SharedMemory.Create(10);

        Assert.Matches("^psm_[0-9a-f]{8}$", memory.Name);
        Assert.Equal((10, 10, 10), (memory.Size, memory.Span.Length, memory.Memory.Length));
        Assert.True(memory.IsTracked);
        Assert.True(memory.Span.TrimStart((byte)0).IsEmpty);
        Assert.Equal($"SharedMemory('{memory.Name}', size=10)", memory.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Open_GivesTheSameMemory()
    {
        using SharedMemory one = SharedMemory.Create(16, _name);
        using SharedMemory other = SharedMemory.Open(_name);

        one.AsSpan<double>()[1] = 1.5;
        other.Span[0] = 7;

        Assert.Equal((1.5, (byte)7, 16L), (other.AsSpan<double>()[1], one.Span[0], other.Size));
        Assert.Equal(7, one.GetSpan(0, 1)[0]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Create_OfNoSize_IsRefused(long size) => Assert.Throws<ArgumentOutOfRangeException>(() => SharedMemory.Create(size));

    [Fact(Timeout = 120_000)]
    public void Create_OfATakenName_SaysSo()
    {
        using SharedMemory first = SharedMemory.Create(16, _name);

        IOException thrown = Assert.Throws<IOException>(() => SharedMemory.Create(16, _name));

        Assert.Contains("the name is taken", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(17, thrown.HResult);
    }

    [Fact(Timeout = 120_000)]
    public void Open_OfAnUnknownName_SaysSo()
    {
        FileNotFoundException thrown = Assert.Throws<FileNotFoundException>(() => SharedMemory.Open(_name));

        Assert.Equal(_name, thrown.FileName);
    }

    [Fact(Timeout = 120_000)]
    public void Dispose_WhileTheMemoryIsPinned_IsRefusedAndChangesNothing()
    {
        SharedMemory memory = SharedMemory.Create(16, _name);
        Memory<byte> bytes = memory.Memory;
        using (MemoryHandle first = bytes.Pin())
        {
            using MemoryHandle second = bytes[3..].Pin();
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(memory.Dispose);
            Assert.Contains("2 handles", thrown.Message, StringComparison.Ordinal);
            memory.Span[0] = 1;
        }

        memory.Dispose();
        memory.Dispose();
        _ = Assert.Throws<ObjectDisposedException>(() => bytes.Span.Length);
        _ = Assert.Throws<ObjectDisposedException>(() => bytes.Pin());
        _ = Assert.Throws<ObjectDisposedException>(() => memory.Memory);
        _ = Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Equal((_name, 16), (memory.Name, memory.Size));
    }

    [Fact(Timeout = 120_000)]
    public void Unlink_RemovesTheNameAndKeepsTheMemory()
    {
        using SharedMemory memory = SharedMemory.Create(16, _name);
        using SharedMemory other = SharedMemory.Open(_name);

        memory.Unlink();

        _ = Assert.Throws<FileNotFoundException>(() => SharedMemory.Open(_name));
        _ = Assert.Throws<FileNotFoundException>(other.Unlink);
        memory.Span[3] = 9;
        Assert.Equal(9, other.Span[3]);
    }

    [Fact(Timeout = 120_000)]
    public void Unlink_AfterDispose_RemovesWhatIsLeft()
    {
        SharedMemory memory = SharedMemory.Create(16, _name);
        using SharedMemory other = SharedMemory.Open(_name);
        memory.Dispose();

        memory.Unlink();
        _ = Assert.Throws<FileNotFoundException>(() => SharedMemory.Open(_name));

        SharedMemory last = SharedMemory.Create(16, _name);
        last.Dispose();
        last.Unlink();
        using SharedMemory successor = SharedMemory.Create(16, _name);
        _ = Assert.Throws<FileNotFoundException>(memory.Unlink);
        SharedMemory.Open(_name).Dispose();
    }

    [Fact(Timeout = 120_000)]
    public void Unlink_WhenAnotherBlockHasTheName_LetsThatOneBe()
    {
        using SharedMemory first = SharedMemory.Create(16, _name);
        first.Unlink();
        using SharedMemory second = SharedMemory.Create(16, _name);

        _ = Assert.Throws<FileNotFoundException>(first.Unlink);

        SharedMemory.Open(_name).Dispose();
    }

    [Fact(Timeout = 120_000)]
    public void Track_False_KeepsTheBlockUntilUnlink()
    {
        SharedMemory.Create(16, _name, new SharedMemoryOptions { Track = false }).Dispose();
        _ = SharedMemory.RemoveAbandoned();

        using SharedMemory memory = SharedMemory.Open(_name);
        Assert.False(memory.IsTracked);
        memory.Unlink();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 17)]
    [InlineData(17, 0)]
    [InlineData(long.MaxValue, 16)]
    public void GetSpan_OutsideTheBlock_IsRefused(long offset, int length)
    {
        using SharedMemory memory = SharedMemory.Create(16, _name);

        _ = Assert.Throws<ArgumentOutOfRangeException>(() => memory.GetSpan(offset, length).Length);
    }

    [Fact(Timeout = 120_000)]
    public void Finalizer_OfAForgottenBlock_RemovesTheName()
    {
        Forget(_name);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        _ = Assert.Throws<FileNotFoundException>(() => SharedMemory.Open(_name));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget(string name) => SharedMemory.Create(16, name).Span[0] = 1;
    }

    [Fact(Timeout = 120_000)]
    public async Task Open_OfWhatCPythonMade_SharesItAndLeavesItToCPython()
    {
        await using SegmentPeer python = SegmentPeer.StartPython(PythonUser);
        Assert.Equal("ok", await python.AskAsync($"create {_name} 10"));

        using (SharedMemory memory = SharedMemory.Open(_name))
        {
            Assert.Equal((10, false), (memory.Size, memory.IsTracked));
            memory.Span[9] = 99;
            Assert.Equal("99", await python.AskAsync($"get {_name} 9"));
            Assert.Equal("ok", await python.AskAsync($"set {_name} 0 5"));
            Assert.Equal(5, memory.Span[0]);
        }

        Assert.Equal("99", await python.AskAsync($"get {_name} 9"));
        SharedMemory.Open(_name).Dispose();
        Assert.Equal("ok", await python.AskAsync($"unlink {_name}"));
        _ = Assert.Throws<FileNotFoundException>(() => SharedMemory.Open(_name));
    }

    [Fact(Timeout = 120_000)]
    public async Task Create_IsOpenedByCPython_WhoseEndTakesNothing()
    {
        using SharedMemory memory = SharedMemory.Create(10, _name);
        await using SegmentPeer python = SegmentPeer.StartPython(PythonUser);
        Assert.Equal("10", await python.AskAsync($"open {_name}"));
        Assert.Equal("ok", await python.AskAsync($"set {_name} 3 77"));
        await python.EndAsync();

        Assert.Equal(77, memory.Span[3]);
        SharedMemory.Open(_name).Dispose();
    }
}
