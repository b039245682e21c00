using Telar.Multiprocessing.Workers;

namespace Telar.Tests.Multiprocessing.Workers;

/// <summary>A call is started or taken back, never both and never neither.</summary>
public sealed class LeaseWordTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Each round sends a handful of calls; the worker claims them in order, the parent revokes all at some moment. Seen red with a
    /// plain write in place of the compare-and-swap in TryClaim, and in Revoke.
    /// </summary>
    [Theory(Timeout = 120_000)]
    [InlineData(1L)]
    [InlineData((1L << 32) - 500_000)]
    [InlineData((1L << 31) - 500_000)]
    public async Task TryClaim_AgainstRevoke_ExactlyOneOfThemHasEachCall(long first)
    {
        const int Rounds = 300_000;
        const int Calls = 4;
        long word = first - 1; // Nothing revoked so far, and all before it started.
        word = (long)((ulong)(uint)word | ((ulong)(uint)word << 32));
        long sent = first - 1;
        int round = 0;
        int done = 0;
        long claimed = 0;
        long claims = 0;
        long takenBack = 0;
        Task worker = Task.Factory.StartNew(
            () =>
            {
                SpinWait spin = default;
                for (int mine = 1; mine <= Rounds; mine++)
                {
                    while (Volatile.Read(ref round) != mine)
                    {
                        spin.SpinOnce(-1);
                    }

                    long last = Volatile.Read(ref sent);
                    claimed = last - Calls;
                    for (long sequence = last - Calls + 1; sequence <= last && LeaseWord.TryClaim(ref word, sequence); sequence++)
                    {
                        claimed = sequence;
                        claims++;
                    }

                    Volatile.Write(ref done, mine);
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Task parent = Task.Factory.StartNew(
            () =>
            {
                Random random = new(3);
                SpinWait spin = default;
                for (int mine = 1; mine <= Rounds; mine++)
                {
                    Volatile.Write(ref sent, sent + Calls);
                    Volatile.Write(ref round, mine);
                    Thread.SpinWait(random.Next(40));
                    long started = LeaseWord.Revoke(ref word, sent);
                    while (Volatile.Read(ref done) != mine)
                    {
                        spin.SpinOnce(-1);
                    }

                    Assert.Equal(claimed, started);
                    Assert.Equal(claimed, LeaseWord.LastStarted(ref word, sent));
                    takenBack += sent - started;
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await Task.WhenAll(worker, parent);
        Assert.Equal((long)Rounds * Calls, claims + takenBack);
        Assert.True(claims > 0 && takenBack > 0, $"{claims} claims and {takenBack} taken back: there was no race.");
    }

    [Fact]
    public void LastStarted_OfAFreshWord_IsNone()
    {
        long word = 0;

        Assert.Equal(0, LeaseWord.LastStarted(ref word, 0));
        Assert.Equal(0, LeaseWord.LastStarted(ref word, 64));
        Assert.Equal(0, LeaseWord.Revoke(ref word, 64));
        Assert.False(LeaseWord.TryClaim(ref word, 64));
        Assert.True(LeaseWord.TryClaim(ref word, 65));
    }

    /// <summary>Seen red: a word that something in the worker had written over gave back calls that had run.</summary>
    [Theory]
    [InlineData(0x0000_0000_0000_0007L, 6L)]
    [InlineData(-1L, 3L)]
    [InlineData(0x7F7F_7F7F_7F7F_7F7FL, 0L)]
    public void LastStarted_OfAWordThatIsAheadOfWhatWasSent_CountsAllAsStarted(long damaged, long sent)
    {
        long word = damaged;

        Assert.Equal(sent, LeaseWord.LastStarted(ref word, sent));
    }
}
