namespace Telar.Tests.Threading;

using Telar.Threading;
using OsThread = System.Threading.Thread;

public class ThreadProcessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Current_OnAForeignThread_IsOneDummyThatGoesWithTheThread()
    {
        Thread? first = null;
        Thread? second = null;
        bool listed = false;
        bool alive = false;
        OsThread foreign = new(() =>
        {
            (first, second) = (Thread.Current, Thread.Current);
            (listed, alive) = (Thread.Enumerate().Contains(first), first.IsAlive);
        });
        foreign.Start();
        foreign.Join();

        Assert.NotNull(first);
        Assert.Same(first, second);
        Assert.True(listed);
        Assert.True(alive);
        Assert.True(first.IsDummy);
        Assert.True(first.Daemon);
        Assert.Matches(@"^Dummy-\d+$", first.Name);
        Assert.Equal(foreign.ManagedThreadId, first.Ident);
        Assert.False(first.IsAlive);
        Assert.DoesNotContain(first, Thread.Enumerate());
        Assert.StartsWith("DummyThread 'Dummy-", first.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"stopped daemon {foreign.ManagedThreadId}", first.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Dummy_CanBeNeitherStartedNorJoinedNorMadeANonDaemon()
    {
        Thread dummy = Thread.Current;
        Assert.True(dummy.IsDummy, "tests run on threads of the pool");

        Assert.Throws<InvalidOperationException>(dummy.Start);
        Assert.Throws<InvalidOperationException>(() => dummy.Join(cancellationToken: Token));
        Assert.Throws<InvalidOperationException>(() => dummy.JoinAsync(cancellationToken: Token).AsTask().Wait(Token));
        Assert.Throws<InvalidOperationException>(() => dummy.Daemon = false);
    }

    [Fact(Timeout = 120_000)]
    public void Enumerate_AfterManyForeignThreads_KeepsNone()
    {
        List<Thread> dummies = [];
        for (int i = 0; i < 100; i++)
        {
            OsThread foreign = new(() => dummies.Add(Thread.Current));
            foreign.Start();
            foreign.Join();
        }

        Assert.Empty(Thread.Enumerate().Intersect(dummies));
    }

    [Fact(Timeout = 120_000)]
    public void Main_IsTheThreadThatEnteredTheProgram()
    {
        Assert.Equal("MainThread", Thread.Main.Name);
        Assert.False(Thread.Main.Daemon);
        Assert.False(Thread.Main.IsDummy);
        Assert.True(Thread.Main.IsAlive);
        Assert.Equal(1, Thread.Main.Ident);
        Assert.Contains(Thread.Main, Thread.Enumerate());
        Assert.False(Thread.Main.Join(TimeSpan.Zero, Token));
        Assert.Throws<InvalidOperationException>(Thread.Main.Start);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(Environment.ProcessId, Thread.Main.NativeId);
        }
    }

    [Fact(Timeout = 120_000)]
    public void CurrentNativeId_IsTheKernels()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Read in /proc.");
        string link = new FileInfo("/proc/thread-self").LinkTarget!;

        Assert.EndsWith($"/{Thread.CurrentNativeId}", link, StringComparison.Ordinal);
        Assert.Equal(Thread.CurrentNativeId, Thread.Current.NativeId);
        Assert.Equal(Thread.CurrentIdent, Thread.Current.Ident);
    }

    [Fact(Timeout = 120_000)]
    public void Enumerate_ListsInTheOrderOfTheStarts()
    {
        using ManualResetEventSlim gate = new();
        Thread[] threads = [.. Enumerable.Range(0, 5).Select(_ => new Thread(() => gate.Wait(Token)))];
        Array.ForEach(threads, static thread => thread.Start());

        Assert.Equal(threads, Thread.Enumerate().Where(threads.Contains));

        gate.Set();
        Array.ForEach(threads, thread => thread.Join(s_patience, Token));
        Assert.Empty(Thread.Enumerate().Intersect(threads));
    }

    [Fact(Timeout = 120_000)]
    public void DumpState_ListsThreads()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token), "dumped");
        thread.Start();
        string dump = ThreadingDiagnostics.DumpState();
        gate.Set();
        thread.Join(s_patience, Token);

        Assert.Matches(@"- Thread 'dumped' started daemon \d+, native \d+, for [\d:.]+", dump);
        Assert.Contains("MainThread 'MainThread' started 1", dump, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void DumpState_NamesTheThreadThatIsJoined()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token), "awaited one");
        Thread joiner = new(() => thread.Join(s_patience, Token), "joiner");
        thread.Start();
        joiner.Start();
        string dump;
        do
        {
            dump = ThreadingDiagnostics.DumpState();
        }
        while (!dump.Contains("waits for the end of Thread 'awaited one'", StringComparison.Ordinal));

        gate.Set();
        Assert.True(joiner.Join(s_patience, Token));
    }

    [Fact(Timeout = 120_000)]
    public void Extensions_OnTheRuntimesThread_GiveTheSame()
    {
        using ManualResetEventSlim gate = new();
        OsThread? os = null;
        Thread thread = new(() =>
        {
            os = OsThread.CurrentThread;
            gate.Wait(Token);
        });
        thread.Start();
        while (Volatile.Read(ref os) is null)
        {
            OsThread.Yield();
        }

        Assert.NotNull(os);
        Assert.Same(thread, os.Telar);
        Assert.Equal(thread.NativeId, os.NativeId);
        Assert.Contains(thread, OsThread.Enumerate());
        Assert.True(OsThread.ActiveCount >= 2);
        Assert.Equal(Thread.CurrentNativeId, OsThread.CurrentThread.NativeId);
        gate.Set();
        thread.Join(s_patience, Token);
        Assert.Null(os.Telar);
        OsThread unknown = new(static () => { });
        Assert.Null(unknown.Telar);
        Assert.Null(unknown.NativeId);
    }
}
