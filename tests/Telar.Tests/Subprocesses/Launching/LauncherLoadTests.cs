using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Launching;

/// <summary>Many starts: at once, failing, and what each of them costs.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class LauncherLoadTests : IDisposable
{
    private const int Limit = 60_000;
    private const int MostBytes = 2_500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Assert.Empty(Children.Mine());

    // Every third by the exec helper. Guards against pipes that are not close-on-exec: a child would wait for a sibling's end.
    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_From10ThreadsAtOnce_GivesEachItsOwnPipesAndCode(bool callerStays)
    {
        _ = await Launches.RunAsync("true", new PopenOptions { Nice = 0, Stdin = Stdio.Pipe, Stderr = Stdio.Pipe });
        DescriptorCount before = DescriptorCount.Take();
        using var gate = new Barrier(10);

        int[] right = await Task.WhenAll(Enumerable.Range(0, 10).Select(thread => Task.Factory.StartNew(
            () =>
            {
                _ = gate.SignalAndWait(TimeSpan.FromSeconds(30), Token);
                int good = 0;
                for (int i = 0; i < 12; i++)
                {
                    int code = (thread * 12) + i;
                    using LaunchedChild child = Launcher.Start(
                        CommandLine.Shell("cat; exit $1", "sh", $"{code}"),
                        new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe, Nice = i % 3 == 0 ? 0 : null },
                        callerStays);
                    Telar.Internal.Native.DescriptorIO.Write(child.Stdin!, BitConverter.GetBytes(code)); // a pipe was asked for
                    child.Stdin!.Dispose(); // as above
                    byte[] buffer = new byte[sizeof(int)];
                    bool isWhole = Telar.Internal.Native.DescriptorIO.TryReadExactly(child.Stdout!, buffer); // as above
                    good += isWhole && BitConverter.ToInt32(buffer) == code && child.Process.Wait(Timeout.InfiniteTimeSpan)
                        && child.Process.Status?.Code == code ? 1 : 0;
                }

                return good;
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).WaitAsync(Token);

        Assert.All(right, static good => Assert.Equal(12, good));
        before.AssertNoMore();
    }

    [Fact(Timeout = Limit)]
    public Task Start_When1000Fail_LeavesNothing()
    {
        var options = new PopenOptions
        {
            Stdin = Stdio.Pipe,
            Stdout = Stdio.Pipe,
            Stderr = Stdio.Pipe,
            ExtraEnv = new Dictionary<string, string?> { ["PATH"] = "/bin" },
        };
        Fail();
        DescriptorCount before = DescriptorCount.Take();

        for (int i = 0; i < 1000; i++)
        {
            Fail();
        }

        before.AssertNoMore();
        Assert.Empty(Children.Zombies());
        return Task.CompletedTask;

        void Fail()
        {
            _ = Assert.Throws<FileNotFoundException>(() => Launcher.Start("/no/such/program", options));
            _ = Assert.Throws<FileNotFoundException>(() => Launcher.Start("true", options with { Stderr = Stdio.File("/no/such/file") }));
            _ = Assert.Throws<KeyNotFoundException>(() => Launcher.Start("true", options with { User = "no-such-user" }));
        }
    }

    // With an environment that is given: .NET tells its own only as a copy, some 200 bytes for each variable, which would hide the
    // rest.
    [Fact(Timeout = Limit)]
    public Task Start_OfASmallChild_AllocatesLittle()
    {
        var options = new PopenOptions { Stdin = Stdio.DevNull, Stdout = Stdio.Pipe, Stderr = Stdio.Pipe, Env = new Dictionary<string, string> { ["PATH"] = "/bin" } };
        CommandLine command = ["/bin/true"];
        long least = long.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            using (LaunchedChild child = Launcher.Start(command, options, callerStays: true))
            {
                Assert.True(child.Process.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None));
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 0, MostBytes);
        return Task.CompletedTask;
    }
}
