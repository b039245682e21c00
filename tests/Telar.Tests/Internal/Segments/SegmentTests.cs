using Telar.Internal.Segments;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Internal.Segments;

[Collection(ChildProcessGroup.Name)]
public sealed class SegmentTests : IDisposable
{
    private const string PythonUser = """
        import sys
        from multiprocessing import shared_memory, resource_tracker
        held = {}
        for line in sys.stdin:
            order, *rest = line.split()
            if order == 'open':
                held[rest[0]] = shared_memory.SharedMemory(rest[0])
                resource_tracker.unregister(held[rest[0]]._name, 'shared_memory')
                print('ok')
            elif order == 'close':
                held.pop(rest[0]).close()
                print('ok')
        """;

    private readonly string _name = SegmentName.Random("telar_test_", 8);

    public SegmentTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Segments are files of Linux.");
        _ = SegmentSweep.Run();
    }

    public void Dispose()
    {
        _ = SegmentSweep.Run();
        Assert.Empty(Directory.GetFiles(SegmentName.Folder, "telar_*"));
        Assert.DoesNotContain(
            Directory.GetFiles("/proc/self/fd"),
            static path => new FileInfo(path).LinkTarget?.StartsWith(SegmentName.Folder, StringComparison.Ordinal) == true);
        Assert.DoesNotContain(SegmentName.Folder, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Dispose_OfTheLastUser_RemovesTheName()
    {
        await using SegmentPeer peer = SegmentPeer.StartTelar();
        Segment segment = Create();
        Assert.Equal("ok", await peer.AskAsync($"open {_name}"));

        segment.Dispose();
        Assert.True(IsNamed());

        Assert.Equal("ok", await peer.AskAsync($"close {_name}"));
        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public async Task End_OfAProcessThatDisposedNothing_RemovesTheName()
    {
        await using SegmentPeer peer = SegmentPeer.StartTelar();
        Assert.Equal("ok", await peer.AskAsync($"create {_name} 10"));

        await peer.EndAsync();

        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public async Task Sweep_AfterAllUsersWereKilled_RemovesTheName()
    {
        await using SegmentPeer maker = SegmentPeer.StartTelar();
        await using SegmentPeer user = SegmentPeer.StartTelar();
        Assert.Equal("ok", await maker.AskAsync($"create {_name} 10"));
        Assert.Equal("ok", await user.AskAsync($"open {_name}"));

        await maker.KillAsync();
        _ = SegmentSweep.Run();
        Assert.True(IsNamed());

        await user.KillAsync();
        _ = SegmentSweep.Run();
        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public async Task Sweep_WhileCPythonHasTheSegment_LetsItBe()
    {
        await using SegmentPeer maker = SegmentPeer.StartTelar();
        await using SegmentPeer python = SegmentPeer.StartPython(PythonUser);
        Assert.Equal("ok", await maker.AskAsync($"create {_name} 10"));
        Assert.Equal("ok", await python.AskAsync($"open {_name}"));
        await maker.KillAsync();

        _ = SegmentSweep.Run();
        Assert.True(IsNamed());

        Assert.Equal("ok", await python.AskAsync($"close {_name}"));
        _ = SegmentSweep.Run();
        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public async Task Storm_OfProcessesThatCreateOpenAndLeaveOneName_LeavesNothing()
    {
        await using SegmentPeer one = SegmentPeer.StartTelar();
        await using SegmentPeer two = SegmentPeer.StartTelar();
        await using SegmentPeer three = SegmentPeer.StartTelar();

        string[] answers = await Task.WhenAll(new[] { one, two, three }.Select(peer => peer.AskAsync($"storm {_name} 3000")));

        Assert.All(answers, answer => Assert.Equal("ok", answer));
        Assert.False(IsNamed());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Storm_WhoseProcessesAreKilled_LeavesNothingAfterASweep(int round)
    {
        await using SegmentPeer one = SegmentPeer.StartTelar();
        await using SegmentPeer two = SegmentPeer.StartTelar();
        Task[] storms = [one.AskAsync($"storm {_name} 100000000"), two.AskAsync($"storm {_name} 100000000")];

        // Kills come in the middle of whatever the two are doing.
        for (int i = 0; i < round * 300; i++)
        {
            using Segment? segment = Segment.TryOpen(_name);
        }

        await one.KillAsync();
        await two.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(storms));
        _ = SegmentSweep.Run();
        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public async Task TryCreate_OfOneNameByManyThreads_IsGivenToOne()
    {
        using Barrier start = new(8);
        Segment?[] made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Segment.TryCreate(_name, 4096, isTracked: true);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Segment only = Assert.Single(made.OfType<Segment>());
        Assert.True(IsNamed());
        only.Dispose();
    }

    // Seen red: users who ask for the segment alone before they have given up their own share of it (in one run of three).
    [Fact(Timeout = 120_000)]
    public void Dispose_OfTheLastTwoAtOnce_RemovesTheName()
    {
        const int Rounds = 3000;
        using Barrier gate = new(2);
        Segment? second = null;
        Thread other = new(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                gate.SignalAndWait();
                second?.Dispose();
                gate.SignalAndWait();
            }
        }) { IsBackground = true };
        other.Start();
        int left = 0;
        for (int i = 0; i < Rounds; i++)
        {
            using Segment first = Create();
            second = Segment.TryOpen(_name);
            gate.SignalAndWait(TestContext.Current.CancellationToken);
            first.Dispose();
            gate.SignalAndWait(TestContext.Current.CancellationToken);
            if (IsNamed())
            {
                left++;
                File.Delete(SegmentName.PathOf(_name));
            }
        }

        other.Join();
        Assert.Equal(0, left);
    }

    // Seen red: an opener that does not ask whether the file that it cannot share has its name still.
    [Fact(Timeout = 120_000)]
    public async Task TryOpen_WhileTheLastUsersProcessEnds_FindsNothing()
    {
        bool isOver = false;
        int looks = 0;
        Task opener = Gate.OnThread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                Segment.TryOpen(_name)?.Dispose();
                Interlocked.Increment(ref looks);
            }
        });
        for (int round = 0; round < 300; round++)
        {
            using SegmentFile file = SegmentFile.Make(_name, 4096, isTracked: true);
            Assert.True(file.TryPublish());

            // Left but not closed, as SegmentExit does it.
            file.Leave();
            int seen = Volatile.Read(ref looks);
            Gate.Until(() => Volatile.Read(ref looks) > seen + 1 || opener.IsCompleted);
        }

        Volatile.Write(ref isOver, true);
        await Gate.AllAsync(opener);
    }

    [Fact(Timeout = 120_000)]
    public void TryCreate_WhoseInitializerThrows_LeavesNothing()
    {
        _ = Assert.Throws<FormatException>(() => Segment.TryCreate(_name, 4096, isTracked: true, static _ => throw new FormatException()));

        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public void TryCreate_LargerThanTheFileSystem_SaysSoAndLeavesNothing()
    {
        long room = new DriveInfo(SegmentName.Folder).TotalSize;

        IOException thrown = Assert.Throws<IOException>(() => Segment.TryCreate(_name, room + 4096, isTracked: true));

        Assert.Contains("not that much room in /dev/shm", thrown.Message, StringComparison.Ordinal);
        Assert.False(IsNamed());
    }

    [Fact(Timeout = 120_000)]
    public void TryCreate_TenThousandTimes_LeavesNothing()
    {
        for (int i = 0; i < 10_000; i++)
        {
            using Segment segment = Segment.CreateRandom("telar_test_", 16, 100);
        }
    }

    [Fact(Timeout = 120_000)]
    public void TryOpen_OfAnUnknownName_IsNull() => Assert.Null(Segment.TryOpen(_name));

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("/a")]
    [InlineData("..")]
    [InlineData("a\0b")]
    public void TryOpen_OfAnImpossibleName_IsRefused(string name) => Assert.ThrowsAny<ArgumentException>(() => Segment.TryOpen(name));

    [Fact(Timeout = 120_000)]
    public void TryOpen_OfALink_IsRefused()
    {
        string path = SegmentName.PathOf(_name);
        _ = File.CreateSymbolicLink(path, "/etc/passwd");
        try
        {
            _ = Assert.Throws<IOException>(() => Segment.TryOpen(_name));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact(Timeout = 120_000)]
    public void TryUnlink_Twice_IsFalseTheSecondTime()
    {
        using Segment segment = Create();

        Assert.True(segment.TryUnlink());
        Assert.False(segment.TryUnlink());
    }

    [Fact(Timeout = 120_000)]
    public void Dispose_AfterAnotherSegmentTookTheName_LetsThatOneBe()
    {
        Segment first = Create();
        _ = first.TryUnlink();
        using Segment second = Create();

        first.Dispose();

        Assert.True(IsNamed());
    }

    private Segment Create() => Segment.TryCreate(_name, 4096, isTracked: true) ?? throw new InvalidOperationException($"'{_name}' is taken.");

    private bool IsNamed() => File.Exists(SegmentName.PathOf(_name));
}
