using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses;

/// <summary>A small storm in every run; ten thousand children are in Telar.Stress.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class ChildStormTests
{
    [Fact(Timeout = 240_000)]
    public async Task Children_OfManyThreadsUnderMixedFaults_AreToldRightAndLeaveNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Starts the programs of a Unix system, and counts in /proc.");
        await new ChildStorm(seed: 4).RunAsync(children: 1000, threads: 8, TestContext.Current.CancellationToken);
    }
}
