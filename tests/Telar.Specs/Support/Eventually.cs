using System.Diagnostics;

namespace Telar.Specs.Support;

/// <summary>Waits for something the operating system does in its own time, and fails with a reason when it does not.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// For what is guaranteed within 2 seconds: samples/Guarantees shows the time on a machine that has some; on a busy one a test can only
    /// tell soon from never.
    /// </summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public static Task Holds(Func<bool> condition, Func<string> failure) => Holds(condition, failure, Patience);

    public static async Task Holds(Func<bool> condition, Func<string> failure, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < patience, failure());
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
