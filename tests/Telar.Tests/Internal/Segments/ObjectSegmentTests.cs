using System.Globalization;
using Telar.Internal.Segments;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Internal.Segments;

[Collection(ChildProcessGroup.Name)]
public sealed class ObjectSegmentTests
{
    private readonly string _name = SegmentName.Random("telar_test_", 8);

    public ObjectSegmentTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Segments are files of Linux.");

    [Fact(Timeout = 120_000)]
    public void TryCreate_WithContent_IsSeenByTheOneWhoOpensIt()
    {
        using ObjectSegment made = Create(static segment => segment.Word<long>(8) = 42);
        using ObjectSegment opened = Open();

        Assert.Equal((42, 16), (opened.Word<long>(8), opened.Size));
        Assert.NotEqual(made.User, opened.User);
        Assert.True(made.IsAlive(opened.User) && opened.IsAlive(made.User) && made.IsAlive(made.User));
    }

    [Fact(Timeout = 120_000)]
    public async Task IsAlive_OfAProcessThatWasKilled_IsFalseForEver()
    {
        using ObjectSegment mine = Create();
        await using SegmentPeer peer = SegmentPeer.StartTelar();
        int user = Number(await peer.AskAsync($"attach {_name}"));
        Assert.True(mine.IsAlive(user));

        await peer.KillAsync();
        Assert.False(mine.IsAlive(user));

        // The next user takes the slot of the dead one, and must not raise it.
        await using SegmentPeer next = SegmentPeer.StartTelar();
        int successor = Number(await next.AskAsync($"attach {_name}"));
        Assert.Equal(user & 1023, successor & 1023);
        Assert.True(mine.IsAlive(successor));
        Assert.False(mine.IsAlive(user));
    }

    [Fact(Timeout = 120_000)]
    public void TryOpen_OfAnotherKind_IsRefused()
    {
        using ObjectSegment made = Create();

        IOException thrown = Assert.Throws<IOException>(() => ObjectSegment.TryOpen(ObjectKind.Lock, _name));

        Assert.Contains("of the kind Values", thrown.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(8192)]
    public void TryOpen_OfPlainMemory_IsRefused(int size)
    {
        using Segment? plain = Segment.TryCreate(_name, size, isTracked: true);

        IOException thrown = Assert.Throws<IOException>(() => ObjectSegment.TryOpen(ObjectKind.Values, _name));

        Assert.Contains("none of Telar's objects", thrown.Message, StringComparison.Ordinal);
    }

    // Everybody may write to such a file, and cut it off: another user of the machine may have put it there. Seen red: no look at the mode.
    [Fact(Timeout = 120_000)]
    public void TryOpen_OfAFileThatOthersMayOpen_IsRefused()
    {
        using ObjectSegment made = Create();
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(SegmentName.PathOf(_name), (UnixFileMode)0x1B6); // rw-rw-rw-
        }

        _ = Assert.Throws<IOException>(Open);
    }

    // Seen red, as the end of the process: a look at the count that does not keep it mapped.
    [Fact(Timeout = 120_000)]
    public async Task IsAlive_WhileAnotherThreadDisposes_AnswersOrThrows()
    {
        for (int round = 0; round < 300; round++)
        {
            ObjectSegment segment = Create();
            int formerUser = segment.User + 1024; // of the same slot: told by the count alone, without a call of the system
            long looks = 0;
            Task looking = Gate.OnThread(() => Assert.Throws<ObjectDisposedException>(() =>
            {
                while (!segment.IsAlive(formerUser))
                {
                    looks++;
                }
            }));
            Gate.Until(() => Volatile.Read(ref looks) > 0);

            segment.Dispose();

            await Gate.AllAsync(looking);
        }
    }

    [Fact(Timeout = 120_000)]
    public void TryOpen_BeyondTheMostUsers_SaysSo()
    {
        List<ObjectSegment> users = [Create()];
        try
        {
            while (users.Count < ObjectSegment.MaxUsers)
            {
                users.Add(Open());
            }

            IOException thrown = Assert.Throws<IOException>(Open);
            Assert.Contains($"{ObjectSegment.MaxUsers} users", thrown.Message, StringComparison.Ordinal);
        }
        finally
        {
            users.ForEach(static user => user.Dispose());
        }
    }

    private ObjectSegment Create(Action<ObjectSegment>? initialize = null) =>
        ObjectSegment.TryCreate(ObjectKind.Values, 16, _name, initialize) ?? throw new InvalidOperationException($"'{_name}' is taken.");

    private ObjectSegment Open() => ObjectSegment.TryOpen(ObjectKind.Values, _name) ?? throw new InvalidOperationException($"'{_name}' is gone.");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
