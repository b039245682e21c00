using System.Globalization;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class ThreadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Start_RunsTheTargetOnAnotherThread()
    {
        Thread? inside = null;
        int ident = 0;
        Thread thread = new(() => (inside, ident) = (Thread.Current, Thread.CurrentIdent));

        thread.Start();

        Assert.True(thread.Join(s_patience, Token));
        Assert.Same(thread, inside);
        Assert.NotEqual(Thread.CurrentIdent, ident);
        Assert.Equal(ident, thread.Ident);
    }

    [Fact(Timeout = 120_000)]
    public void Start_OfASubclass_RunsItsRun()
    {
        Thread? inside = null;
        RunThread thread = new(_ => inside = Thread.Current);

        thread.Start();
        thread.Join(s_patience, Token);

        Assert.Same(thread, inside);
    }

    [Fact(Timeout = 120_000)]
    public void Run_CanBeCalledOnTheCallersThread()
    {
        int here = 0;
        RunThread thread = new(_ => here = Thread.CurrentIdent);

        thread.RunHere();

        Assert.Equal(Thread.CurrentIdent, here);
        Assert.False(thread.IsAlive);
        thread.Start();
        Assert.True(thread.Join(s_patience, Token));
    }

    // Mutant: Start that writes Running after Carrier.Start without the compare makes a thread alive again that has ended.
    [Fact(Timeout = 120_000)]
    public void IsAlive_AfterAJoinOfAShortThread_IsFalseForEver()
    {
        for (int i = 0; i < 20_000; i++)
        {
            Thread thread = new(static () => { }, "short", reuse: i % 100 != 0);
            thread.Start();
            Assert.True(thread.Join(s_patience, Token));
            Assert.False(thread.IsAlive);
            Assert.DoesNotContain(thread, Thread.Enumerate());
        }
    }

    [Fact(Timeout = 120_000)]
    public void Start_ReturnsWhenTheThreadIsAliveAndListed()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token));
        Assert.False(thread.IsAlive);
        Assert.Null(thread.Ident);
        Assert.Null(thread.NativeId);
        Assert.DoesNotContain(thread, Thread.Enumerate());

        thread.Start();

        Assert.True(thread.IsAlive);
        Assert.NotNull(thread.Ident);
        Assert.True(thread.NativeId > 0);
        Assert.Contains(thread, Thread.Enumerate());
        gate.Set();
        Assert.True(thread.Join(s_patience, Token));
        Assert.False(thread.IsAlive);
        Assert.DoesNotContain(thread, Thread.Enumerate());
        Assert.NotNull(thread.Ident);
        Assert.NotNull(thread.NativeId);
    }

    [Fact(Timeout = 120_000)]
    public void Start_ASecondTime_IsRefusedAlsoAfterTheEnd()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token), "twice");
        thread.Start();

        Assert.Contains("'twice'", Assert.Throws<InvalidOperationException>(thread.Start).Message, StringComparison.Ordinal);
        gate.Set();
        thread.Join(s_patience, Token);
        Assert.Throws<InvalidOperationException>(thread.Start);
    }

    // Mutant: ThreadHandle.Start that looks at the state and then writes it, instead of exchanging it, lets both callers start a thread
    // (red in two of three runs, on two processors).
    [Fact(Timeout = 120_000)]
    public void Start_ByTwoAtOnce_StartsOne()
    {
        int runs = 0;
        int refused = 0;
        int at = -1;
        Thread[] targets = [.. Enumerable.Range(0, 20_000).Select(_ => new Thread(() => Interlocked.Increment(ref runs), "target", reuse: true))];
        Thread[] starters = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < targets.Length; i++)
            {
                // Both at the same one at the same moment: who is ahead waits here for the other, awake as long as both have a processor.
                int ready = Interlocked.Increment(ref at);
                for (int spins = 0; Volatile.Read(ref at) < (ready | 1); spins++)
                {
                    if (spins > 1_000)
                    {
                        System.Threading.Thread.Yield();
                    }
                }

                // It sees the other one some nanoseconds later than that one came, which therefore lingers as long, or a little less or more.
                for (int turns = (ready & 1) * (i % 256); Volatile.Read(ref turns) > 0; turns--)
                {
                }

                try
                {
                    targets[i].Start();
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }))];
        Array.ForEach(starters, static starter => starter.Start());
        Array.ForEach(starters, starter => Assert.True(starter.Join(s_patience, Token)));
        Array.ForEach(targets, target => Assert.True(target.Join(s_patience, Token)));

        Assert.Equal((targets.Length, targets.Length), (runs, refused));
    }

    [Fact(Timeout = 120_000)]
    public void Join_BeforeTheEnd_ReturnsFalseAndCanBeRepeated()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token));
        thread.Start();

        Assert.False(thread.Join(TimeSpan.Zero, Token));
        Assert.False(thread.Join(TimeSpan.FromMilliseconds(1), Token));
        gate.Set();
        Assert.True(thread.Join(cancellationToken: Token));
        Assert.True(thread.Join(TimeSpan.Zero, Token));
        Assert.True(thread.Join(Thread.TimeoutMax, Token));
    }

    [Fact(Timeout = 120_000)]
    public void Join_BadInput_IsRefused()
    {
        Thread unstarted = new(static () => { }, "unstarted");
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => unstarted.Join(cancellationToken: Token));
        Assert.Contains("'unstarted'", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => unstarted.JoinAsync(cancellationToken: Token).AsTask().Wait(Token));

        InvalidOperationException? own = null;
        RunThread self = new(me => own = Assert.Throws<InvalidOperationException>(() => me.Join(cancellationToken: Token)));
        self.Start();
        Assert.True(self.Join(s_patience, Token));
        Assert.NotNull(own);
        Assert.Null(self.Exception);

        Assert.Throws<ArgumentOutOfRangeException>(() => self.Join(TimeSpan.FromMilliseconds(-2), Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => self.JoinAsync(TimeSpan.FromMilliseconds(-2), Token).AsTask().Wait(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_Cancelled_ThrowsAndTheThreadGoesOn()
    {
        using ManualResetEventSlim gate = new();
        using CancellationTokenSource stop = new();
        Thread thread = new(() => gate.Wait(Token));
        thread.Start();

        Task<bool> blocked = Task.Run(() => thread.Join(null, stop.Token), Token);
        Task<bool> awaited = thread.JoinAsync(null, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaited);
        Assert.Throws<OperationCanceledException>(() => thread.Join(TimeSpan.Zero, stop.Token));
        Assert.True(thread.IsAlive);
        gate.Set();
        Assert.True(await thread.JoinAsync(s_patience, Token));
    }

    // Mutant: SetDone that takes one waiter out instead of all leaves the others waiting.
    [Fact(Timeout = 120_000)]
    public async Task Join_ByMany_ReleasesAll()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token));
        thread.Start();
        Task<bool>[] joins =
        [
            .. Enumerable.Range(0, 4).Select(_ => thread.JoinAsync(null, Token).AsTask()),
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(() => thread.Join(s_patience, Token), Token)),
        ];

        gate.Set();

        Assert.All(await Task.WhenAll(joins), Assert.True);
    }

    [Fact(Timeout = 120_000)]
    public async Task JoinAsync_TimesOut_WhileTheThreadRuns()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token));
        thread.Start();

        Assert.False(await thread.JoinAsync(TimeSpan.Zero, Token));
        Assert.False(await thread.JoinAsync(TimeSpan.FromMilliseconds(1), Token));
        gate.Set();
        await thread;
        Assert.True(await thread.JoinAsync(TimeSpan.Zero, Token));
    }

    // The whole way, from the start to the end. The race proper, with its mutant, is EndOrJoin in Telar.Litmus.
    [Fact(Timeout = 120_000)]
    public void Join_RacingWithTheEnd_NeverMissesIt()
    {
        for (int i = 0; i < 2_000; i++)
        {
            Thread thread = new(static () => { }, "short", reuse: true);
            thread.Start();
            Assert.True(thread.Join(s_patience, Token));
        }
    }

    [Fact(Timeout = 120_000)]
    public void Daemon_IsInheritedAndFixedAtTheStart()
    {
        bool? ofDaemon = null;
        bool? ofOther = null;
        Thread daemon = new(() => ofDaemon = new Thread(static () => { }).Daemon, daemon: true);
        Thread other = new(() => ofOther = new Thread(static () => { }).Daemon, daemon: false);
        daemon.Start();
        other.Start();
        daemon.Join(s_patience, Token);
        other.Join(s_patience, Token);

        Assert.Equal((true, false), (ofDaemon, ofOther));
        Assert.True(new Thread(static () => { }).Daemon, "the threads of the pool, on which tests run, count as daemons");
        Thread unstarted = new(static () => { }) { Daemon = false };
        Assert.False(unstarted.Daemon);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => daemon.Daemon = false);
        Assert.Contains("before Start", refused.Message, StringComparison.Ordinal);
        Assert.True(daemon.Daemon);
    }

    [Fact(Timeout = 120_000)]
    public void ToString_TellsTheState()
    {
        using ManualResetEventSlim gate = new();
        Thread thread = new(() => gate.Wait(Token), "worker", daemon: true);
        RunThread own = new(_ => gate.Wait(Token), "mine", daemon: false);
        Assert.Equal("Thread 'worker' initial daemon", thread.ToString());
        Assert.Equal("RunThread 'mine' initial", own.ToString());

        thread.Start();
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"Thread 'worker' started daemon {thread.Ident}"), thread.ToString());
        gate.Set();
        thread.Join(s_patience, Token);

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"Thread 'worker' stopped daemon {thread.Ident}"), thread.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Target_IsLetGoAtTheEnd()
    {
        (Thread thread, WeakReference target) = Make();
        thread.Start();
        Assert.True(thread.Join(s_patience, Token));

        // The last frame of the thread may hold it for a moment longer.
        for (int i = 0; target.IsAlive && i < 100; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            System.Threading.Thread.Yield();
        }

        Assert.False(target.IsAlive);
        Assert.EndsWith("(Work)", thread.Name, StringComparison.Ordinal);

        static (Thread Thread, WeakReference Target) Make()
        {
            Payload payload = new();
            return (new Thread(payload.Work), new WeakReference(payload));
        }
    }

    [Fact(Timeout = 120_000)]
    public void RequestStop_CancelsTheTokenAndEndsTheThreadSilently()
    {
        CancellationToken seen = default;
        Thread thread = new(token =>
        {
            seen = token;
            token.WaitHandle.WaitOne(s_patience);
            token.ThrowIfCancellationRequested();
        });
        thread.Start();

        thread.RequestStop();

        Assert.True(thread.Join(s_patience, Token));
        Assert.Equal(thread.StopToken, seen);
        Assert.Null(thread.Exception);
        thread.RequestStop();
    }

    [Fact(Timeout = 120_000)]
    public void RequestStop_BeforeTheStart_GivesACancelledToken()
    {
        bool? cancelled = null;
        Thread thread = new(token => cancelled = token.IsCancellationRequested);
        thread.RequestStop();
        thread.Start();
        thread.Join(s_patience, Token);

        Assert.True(cancelled);
    }

    [Fact(Timeout = 120_000)]
    public void Constructor_BadInput_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(static () => new Thread((Action)null!));
        Assert.Throws<ArgumentNullException>(static () => new Thread((Action<CancellationToken>)null!));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Thread(static () => { }, stackSize: 32767));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Thread(static () => { }, stackSize: -1));
    }

    [Fact(Timeout = 120_000)]
    public void StackSize_OfOneThread_IsItsOwn()
    {
        int depth = 0;
        Thread thread = new(() => depth = Descend(6_000), stackSize: 64 << 20);
        thread.Start();
        thread.Join(s_patience, Token);

        // 6000 frames of more than 4 KiB do not fit into the 8 MiB that are usual, nor the 1.5 MiB of musl.
        Assert.Equal(6_000, depth);

        static int Descend(int left)
        {
            Span<byte> room = stackalloc byte[4096];
            room[left % room.Length] = 1;
            return left == 0 ? 0 : Descend(left - 1) + room[left % room.Length];
        }
    }

    private sealed class Payload
    {
        public void Work() => _ = ToString();
    }
}
