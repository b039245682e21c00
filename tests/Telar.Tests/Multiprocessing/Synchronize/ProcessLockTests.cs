using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Telar.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public class ProcessLockTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(2);

    public ProcessLockTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Locks between processes need Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhenFree_TakesIt()
    {
        using Lock mine = new();
        Assert.Null(mine.Name);
        Assert.False(mine.IsLocked);
        Assert.Equal("Lock (unlocked)", mine.ToString());

        Assert.True(mine.Acquire(cancellationToken: Token));
        Assert.True(mine.IsLocked);
        Assert.Equal("Lock (held by this process)", mine.ToString());
        Assert.False(mine.TryAcquire());
        Assert.False(mine.Acquire(TimeSpan.Zero, Token));
        Assert.False(mine.Acquire(Soon, Token));
        Assert.False(await mine.AcquireAsync(Soon, Token));
        Assert.Throws<TimeoutException>(() => mine.Enter(Soon, Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => mine.Acquire(TimeSpan.FromTicks(-1), Token));

        mine.Release();
        Assert.True(mine.TryAcquire());
        mine.Release();
        using (await mine.EnterAsync(cancellationToken: Token))
        {
            Assert.True(mine.IsLocked);
        }

        Assert.False(mine.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Release_ByAnotherThread_OrProcess_IsAllowed()
    {
        using Lock mine = new();
        mine.Acquire(cancellationToken: Token);
        await Gate.AllAsync(Gate.OnThread(mine.Release));
        Assert.False(mine.IsLocked);

        SyncSegment other = Here.Other(mine);
        Lock theirs = new(other);
        mine.Acquire(cancellationToken: Token);
        Assert.Contains("held by process", theirs.ToString(), StringComparison.Ordinal);
        theirs.Release();
        Assert.False(mine.IsLocked);
        other.Crash();
    }

    [Fact(Timeout = 120_000)]
    public void Release_WhenNobodyHoldsIt_Throws()
    {
        using Lock mine = new();

        SynchronizationLockException thrown = Assert.Throws<SynchronizationLockException>(mine.Release);

        Assert.StartsWith("Release of Lock (unlocked): nobody holds it", thrown.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhileHeld_WaitsForTheRelease()
    {
        using Lock mine = new();
        mine.Acquire(cancellationToken: Token);
        Task<bool> thread = Gate.OnThread(() => mine.Acquire(cancellationToken: Token));
        Gate.Until(() => Here.HasSleepers(mine));
        Assert.False(thread.IsCompleted);

        mine.Release();
        Assert.True(await Gate.EndAsync(thread));

        Task<bool> awaiting = mine.AcquireAsync(cancellationToken: Token).AsTask();
        Assert.False(awaiting.IsCompleted);
        mine.Release();
        Assert.True(await Gate.EndAsync(awaiting));
        mine.Release();
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhenCancelled_ThrowsAndTakesNothing()
    {
        using Lock mine = new();
        using CancellationTokenSource source = new();
        mine.Acquire(cancellationToken: Token);
        Task thread = Gate.OnThread(() => mine.Acquire(cancellationToken: source.Token));
        Task<bool> awaiting = mine.AcquireAsync(cancellationToken: source.Token).AsTask();
        Gate.Until(() => Here.HasSleepers(mine));

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.AllAsync(thread));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(awaiting));
        Assert.ThrowsAny<OperationCanceledException>(() => mine.Acquire(cancellationToken: source.Token));
        mine.Release();
        Assert.False(mine.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_ByManyThreadsAndAwaitsOfTwoProcesses_ExcludesThem()
    {
        const int Rounds = 2000;
        using Lock mine = new();
        SyncSegment other = Here.Other(mine);
        Lock theirs = new(other);
        int counter = 0;
        Task[] threads = Gate.OnThreads(4, i =>
        {
            Lock held = i % 2 == 0 ? mine : theirs;
            for (int round = 0; round < Rounds; round++)
            {
                using LockScope scope = held.Enter(cancellationToken: Token);
                counter++;
            }
        });
        await Gate.AllAsync([.. threads, CountAsync(mine), CountAsync(theirs)]);

        Assert.Equal(4 * Rounds + 2 * 200, counter);
        Assert.Equal(0, mine.AbandonedCount);
        other.Crash();

        async Task CountAsync(Lock held)
        {
            for (int round = 0; round < 200; round++)
            {
                using LockScope scope = await held.EnterAsync(cancellationToken: Token);
                counter++;
            }
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Acquire")]
    [InlineData("TryAcquire")]
    [InlineData("AcquireAsync")]
    [InlineData("zero")]
    public async Task Acquire_WhenTheHolderHasDied_TakesItAndSaysSo(string how)
    {
        using Lock mine = new();
        SyncSegment other = Here.Other(mine);
        Lock theirs = new(other);
        theirs.Acquire(cancellationToken: Token);
        Assert.False(mine.TryAcquire());
        Assert.False(mine.IsAbandoned);

        other.Crash();

        Assert.True(how switch
        {
            "Acquire" => mine.Acquire(cancellationToken: Token),
            "TryAcquire" => mine.TryAcquire(),
            "zero" => mine.Acquire(TimeSpan.Zero, Token),
            _ => await mine.AcquireAsync(cancellationToken: Token),
        });
        Assert.True(mine.IsAbandoned);
        Assert.Equal(1, mine.AbandonedCount);
        Assert.Equal("Lock (held by this process, abandoned before)", mine.ToString());

        mine.Release();
        Assert.True(mine.IsAbandoned);
        mine.Acquire(cancellationToken: Token);
        mine.MarkRecovered();
        mine.Release();
        Assert.False(mine.IsAbandoned);
        Assert.Equal(1, mine.AbandonedCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhoWaitsWhileTheHolderDies_GetsIt()
    {
        using Lock mine = new();
        SyncSegment other = Here.Other(mine);
        Lock theirs = new(other);
        theirs.Acquire(cancellationToken: Token);
        Task<bool> thread = Gate.OnThread(() => mine.Acquire(cancellationToken: Token));
        Gate.Until(() => Here.HasSleepers(mine));

        other.Crash();

        Assert.True(await Gate.EndAsync(thread));
        Task<bool> awaiting = mine.AcquireAsync(cancellationToken: Token).AsTask();
        mine.Release();
        Assert.True(await Gate.EndAsync(awaiting));
        Assert.Equal(1, mine.AbandonedCount);
    }

    [Fact(Timeout = 120_000)]
    public void Abandoned_IsRaisedUntilAHandlerHasReturned()
    {
        using Lock mine = new();
        SyncSegment other = Here.Other(mine);
        new Lock(other).Acquire(cancellationToken: Token);
        other.Crash();
        Assert.True(mine.TryAcquire());
        mine.Release();

        List<AbandonedEventArgs> told = [];
        bool refuses = true;
        mine.Abandoned += (sender, args) =>
        {
            Assert.Same(mine, sender);
            Assert.True(mine.IsLocked);
            told.Add(args);
            if (refuses)
            {
                throw new InvalidDataException("beyond repair");
            }
        };
        Assert.Throws<InvalidDataException>(() => mine.Acquire(cancellationToken: Token));
        Assert.False(mine.IsLocked);
        Assert.True(mine.IsAbandoned);

        refuses = false;
        Assert.True(mine.Acquire(cancellationToken: Token));
        Assert.False(mine.IsAbandoned);
        mine.Release();
        Assert.True(mine.TryAcquire());
        mine.Release();

        Assert.Equal(2, told.Count);
        Assert.Equal((Environment.ProcessId, 1), (told[0].ProcessId, told[0].Count));
    }

    [Fact(Timeout = 120_000)]
    public async Task Dispose_WhileAThreadWaits_EndsItsWait()
    {
        Lock mine = new();
        mine.Acquire(cancellationToken: Token);
        Task thread = Gate.OnThread(() => mine.Acquire(cancellationToken: Token));
        Gate.Until(() => Here.HasSleepers(mine));

        mine.Dispose();
        mine.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Gate.AllAsync(thread));
        Assert.Throws<ObjectDisposedException>(() => mine.TryAcquire());
        Assert.Throws<ObjectDisposedException>(() => mine.IsLocked);
        Assert.NotNull(mine.ToString());
    }

    // Seen red: a first look at the words that takes them at their word.
    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_RightBeforeTheFirstLookOfAWait_EndsIt(bool blocks)
    {
        using Lock mine = new();
        SyncSegment other = Here.Other(mine);
        SharedWords words = new(other);
        other.Close();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await words.WaitAsync(new LockProtocol<SharedWords>(words).Acquiring(), blocks, WaitDeadline.Never, Token));
    }

    [Fact(Timeout = 120_000)]
    public void Dispose_WhileHeld_AbandonsIt()
    {
        using Lock mine = new();
        SyncSegment other = Here.Other(mine);
        Lock theirs = new(other);
        theirs.Acquire(cancellationToken: Token);

        other.Close();

        Assert.True(mine.TryAcquire());
        Assert.True(mine.IsAbandoned);
    }

    [Fact(Timeout = 120_000)]
    public void OpenNamed_ByTwo_IsOneLock()
    {
        string name = $"test {Guid.NewGuid():N}";
        Assert.Throws<WaitHandleCannotBeOpenedException>(() => Lock.OpenExisting(name));
        Lock first = Lock.OpenNamed(name);
        using Lock second = Lock.OpenNamed(name);
        using Lock third = Lock.OpenExisting(name);
        Assert.Equal(name, second.Name);
        Assert.Equal($"Lock '{name}' (unlocked)", third.ToString());

        first.Acquire(cancellationToken: Token);
        first.Dispose();
        Assert.True(second.IsLocked);
        third.Release();
        Assert.False(second.IsLocked);
        Assert.Throws<IOException>(() => Event.OpenNamed(name));
        Assert.Throws<ArgumentException>(() => Lock.OpenNamed("a/b"));
        Assert.Throws<ArgumentException>(() => Lock.OpenNamed(""));
        second.Dispose();
        third.Dispose();
        Assert.Throws<WaitHandleCannotBeOpenedException>(() => Lock.OpenExisting(name));
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_Uncontended_AllocatesNothing()
    {
        using Lock mine = new();

        Assert.Equal(0, Gate.Allocated(() =>
        {
            mine.Acquire(cancellationToken: CancellationToken.None);
            mine.Release();
        }));
    }
}
