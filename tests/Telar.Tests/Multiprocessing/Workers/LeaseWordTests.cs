using Telar.Multiprocessing.Workers;

namespace Telar.Tests.Multiprocessing.Workers;

/// <summary>A call is started or taken back, never both and never neither.</summary>
public sealed class LeaseWordTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// The parent sends a few calls and takes back what it can, again and again; the worker claims them in order, both at full speed.
    /// Seen red with a plain write in place of the compare-and-swap in TryClaim, and in Revoke.
    /// </summary>
    [Theory(Timeout = 240_000)]
    [InlineData(0L)]
    [InlineData((1L << 32) - 250_000)]
    [InlineData((1L << 31) - 250_000)]
    public async Task TryClaim_AgainstRevoke_ExactlyOneOfThemHasEachCall(long before)
    {
        const int Calls = 1_000_000;
        const int MaxUnderWay = 32;
        long word = (long)((ulong)(uint)before | ((ulong)(uint)before << 32));
        bool[] claimed = new bool[Calls + 1];
        bool[] takenBack = new bool[Calls + 1];
        int sent = 0;
        int tried = 0;
        Task worker = Task.Factory.StartNew(
            () =>
            {
                SpinWait spin = default;
                for (int call = 1; call <= Calls; call++)
                {
                    while (Volatile.Read(ref sent) < call)
                    {
                        spin.SpinOnce(-1);
                    }

                    claimed[call] = LeaseWord.TryClaim(ref word, before + call);
                    Volatile.Write(ref tried, call);
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
                while (sent < Calls)
                {
                    while (sent - Volatile.Read(ref tried) > MaxUnderWay)
                    {
                        spin.SpinOnce(-1);
                    }

                    int revoked = sent;
                    for (int i = random.Next(1, 12); i > 0 && sent < Calls; i--)
                    {
                        Volatile.Write(ref sent, sent + 1);
                    }

                    // Somewhere in the middle of what was sent, where the worker is at this moment.
                    int goal = revoked + random.Next(0, sent - revoked + 1);
                    while (Volatile.Read(ref tried) < goal)
                    {
                        spin.SpinOnce(-1);
                    }

                    Thread.SpinWait(random.Next(30));
                    long started = LeaseWord.Revoke(ref word, before + sent) - before;
                    for (long call = Math.Max(started, revoked) + 1; call <= sent; call++)
                    {
                        takenBack[call] = true;
                    }
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await Task.WhenAll(worker, parent);
        for (int call = 1; call <= Calls; call++)
        {
            Assert.True(claimed[call] ^ takenBack[call], $"Call {call}: claimed {claimed[call]}, taken back {takenBack[call]}.");
        }

        int claims = claimed.Count(static call => call);
        Assert.True(claims is > 1000 and < Calls - 1000, $"{claims} claims of {Calls}: there was no race.");
    }

    [Fact(Timeout = 120_000)]
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
    [Theory(Timeout = 120_000)]
    [InlineData(0x0000_0000_0000_0007L, 6L)]
    [InlineData(-1L, 3L)]
    [InlineData(0x7F7F_7F7F_7F7F_7F7FL, 0L)]
    public void LastStarted_OfAWordThatIsAheadOfWhatWasSent_CountsAllAsStarted(long damaged, long sent)
    {
        long word = damaged;

        Assert.Equal(sent, LeaseWord.LastStarted(ref word, sent));
    }
}
