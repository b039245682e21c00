using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

public class CancelWordTests
{
    public CancelWordTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Futexes are Linux's.");

    // Where the kernel has no futex_waitv. Seen red: a sleep at the word as a shared one, which the kernel does not find for a private wake-up.
    [Fact(Timeout = 120_000)]
    public async Task Raise_WakesWhoSleepsAtThisWordAlone()
    {
        CancelWord word = new();
        long farAway = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency * 3600);
        int raised = 0;

        await Gate.RaceAsync(
            500,
            () =>
            {
                while (word.Value == raised)
                {
                    word.Sleep(raised, farAway);
                }

                raised++;
            },
            word.Raise);

        Assert.Equal((500, 500), (raised, word.Value));
    }
}
