using System.Diagnostics;
using System.Globalization;
using Telar.Internal.Segments;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

/// <summary>Kills processes that use a lock and a semaphore, at any moment. <c>TELAR_KILLS=n</c> changes how many.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class ProcessLockKillTests
{
    private const int Crowd = 4;
    private const int Units = 2;
    private const int DefaultKills = 40;

    [Fact(Timeout = 600_000)]
    public async Task Acquire_WhenItsHoldersAreKilledAtAnyMoment_ExcludesAndNeverHangs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Locks between processes need Linux.");
        string name = $"test {Guid.NewGuid():N}";
        string memory = SegmentName.Random("telar_test_", 8);
        using ObjectSegment words = ObjectSegment.TryCreate(ObjectKind.Values, 24, memory)!; // not null: nobody has the name
        using Lock held = Lock.OpenNamed(name);
        using BoundedSemaphore places = BoundedSemaphore.OpenNamed(name + " places", Units);
        int kills = int.Parse(Environment.GetEnvironmentVariable("TELAR_KILLS") is { Length: > 0 } text ? text : $"{DefaultKills}", CultureInfo.InvariantCulture);
        List<Process> crowd = [];
        try
        {
            for (int i = 0; i < Crowd; i++)
            {
                crowd.Add(await StartAsync(name, memory));
            }

            Random random = new(4711);
            for (int kill = 0; kill < kills; kill++)
            {
                // Killed at work: the crowd goes on for a while first, which also shows that the last kill stopped nobody.
                long goal = Volatile.Read(ref words.Word<long>(0)) + random.Next(1, 3000);
                Gate.Until(() => Volatile.Read(ref words.Word<long>(0)) >= goal || Volatile.Read(ref words.Word<long>(16)) != 0);
                Assert.Equal(0, Volatile.Read(ref words.Word<long>(16)));
                int victim = random.Next(Crowd);
                await EndAsync(crowd[victim]);
                crowd[victim] = await StartAsync(name, memory);
            }
        }
        finally
        {
            foreach (Process process in crowd)
            {
                await EndAsync(process);
            }
        }

        // Nothing that the dead had is lost.
        Assert.True(held.Acquire(Gate.Limit, TestContext.Current.CancellationToken));
        held.Release();
        for (int i = 0; i < Units; i++)
        {
            Assert.True(places.Acquire(Gate.Limit, TestContext.Current.CancellationToken));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills, {words.Word<long>(0)} turns, {held.AbandonedCount} locks and {places.RecoveredCount} units taken over");
    }

    private static async Task<Process> StartAsync(string name, string memory)
    {
        ProcessStartInfo info = new(Children.Dummy, ["locks", name, name + " places", memory]) { RedirectStandardOutput = true };
        Process process = Process.Start(info) ?? throw new InvalidOperationException("The child did not start.");
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.StandardOutput.Dispose();
        process.Dispose();
    }
}
