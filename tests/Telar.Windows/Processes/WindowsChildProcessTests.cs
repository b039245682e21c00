using System.Diagnostics;
using System.Globalization;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;

namespace Telar.Windows.Processes;

/// <summary>The life of a child: its end, its code, its signals, its tree.</summary>
public sealed class WindowsChildProcessTests
{
    private static PopenOptions Quiet => new() { Stdin = Stdio.DevNull, Stdout = Stdio.Pipe };

    [Theory(Timeout = Children.Limit)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(259)]
    [InlineData(unchecked((int)0xC0000005))]
    [InlineData(-1)]
    public async Task Exited_WhenTheChildEnds_TellsItsCode(int code)
    {
        using LaunchedChild child = Children.Launch(Children.Command("exit", code.ToString(CultureInfo.InvariantCulture)), Quiet);

        ExitStatus status = await child.Process.Exited.WaitAsync(Children.Token);

        Assert.Equal(code, status.Code);
        Assert.False(status.IsSignal);
        Assert.True(child.Process.HasExited);
        Assert.True(status.UserTime >= TimeSpan.Zero);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Wait_WithAndWithoutATimeout_TellsWhetherItHasEnded()
    {
        using LaunchedChild child = Children.Launch(Children.Command("sleep"), Quiet);
        Assert.Equal("ready", await Children.ReadLineAsync(child.Stdout));

        Assert.False(child.Process.Wait(TimeSpan.Zero, Children.Token));
        Assert.False(child.Process.Wait(TimeSpan.FromMilliseconds(5), Children.Token));
        Assert.Null(child.Process.Status);
        child.Process.Signal(SignalNumber.SIGKILL);

        Assert.True(child.Process.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None));
        Assert.Equal(1, child.Process.Status?.Code);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Wait_WhenCancelled_LeavesTheChildRunning()
    {
        using LaunchedChild child = Children.Launch(Children.Command("sleep"), Quiet);
        Assert.Equal("ready", await Children.ReadLineAsync(child.Stdout));
        using var stop = new CancellationTokenSource();
        Task<bool> wait = Task.Run(() => child.Process.Wait(Timeout.InfiniteTimeSpan, stop.Token), Children.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.False(child.Process.HasExited);
        child.Process.KillTree();
        Assert.Equal(1, (await child.Process.WaitAsync(Children.Token)).Code);
    }

    [Theory(Timeout = Children.Limit)]
    [InlineData(SignalNumber.SIGTERM)]
    [InlineData(SignalNumber.SIGKILL)]
    public async Task Signal_ThatEnds_GivesCode1AsPythonDoes(int signal)
    {
        using LaunchedChild child = Children.Launch(Children.Command("sleep"), Quiet);

        child.Process.Signal(signal);

        Assert.Equal(1, (await child.Process.WaitAsync(Children.Token)).Code);
        child.Process.Signal(signal);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Signal_ThatWindowsHasNot_IsRefusedAndLeavesTheChildRunning()
    {
        using LaunchedChild child = Children.Launch(Children.Command("sleep"), Quiet);

        PlatformNotSupportedException e = Assert.Throws<PlatformNotSupportedException>(() => child.Process.Signal(1));
        Assert.Contains("SIGHUP", e.Message, StringComparison.Ordinal);
        PlatformNotSupportedException alone = Assert.Throws<PlatformNotSupportedException>(() => child.Process.Signal(SignalNumber.SIGINT));
        Assert.Contains("ProcessGroup", alone.Message, StringComparison.Ordinal);
        Assert.False(child.Process.HasExited);

        child.Process.KillTree();
        _ = await child.Process.WaitAsync(Children.Token);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task KillTree_OfAChildWithAChild_EndsBoth()
    {
        using LaunchedChild child = Children.Launch(Children.Command("tree", "sleep"), Quiet);
        int grandchild = int.Parse(await Children.ReadLineAsync(child.Stdout), CultureInfo.InvariantCulture);

        child.Process.KillTree();

        Assert.True(child.Process.HasExited);
        await Children.WaitForEndAsync(grandchild);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task KillTree_AfterTheChildsEnd_EndsWhatItHasLeft()
    {
        using LaunchedChild child = Children.Launch(Children.Command("tree", "exit"), Quiet);
        int grandchild = int.Parse(await Children.ReadLineAsync(child.Stdout), CultureInfo.InvariantCulture);
        Assert.Equal(0, (await child.Process.WaitAsync(Children.Token)).Code);
        using (Process left = Process.GetProcessById(grandchild))
        {
            Assert.False(left.HasExited);
        }

        child.Process.KillTree();

        await Children.WaitForEndAsync(grandchild);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Signal_ThatKills_LeavesTheGrandchild()
    {
        using LaunchedChild child = Children.Launch(Children.Command("tree", "sleep"), Quiet);
        int grandchild = int.Parse(await Children.ReadLineAsync(child.Stdout), CultureInfo.InvariantCulture);

        child.Process.Signal(SignalNumber.SIGKILL);
        _ = await child.Process.WaitAsync(Children.Token);

        using Process left = Process.GetProcessById(grandchild);
        Assert.False(left.HasExited);
        child.Process.KillTree();
        await left.WaitForExitAsync(Children.Token);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Dispose_OfARunningChild_LeavesItAndItsEndStillComes()
    {
        LaunchedChild child = Children.Launch(Children.Command("cat"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.DevNull });
        using Process same = Process.GetProcessById(child.Process.Id);
        ChildProcess process = child.Process;

        process.Dispose();
        process.Dispose();

        Assert.False(same.HasExited);
        Assert.Throws<ObjectDisposedException>(() => process.KillTree());
        Assert.Throws<ObjectDisposedException>(() => process.Handle);
        child.Stdin!.Dispose(); // a pipe was asked for
        Assert.Equal(0, (await process.Exited.WaitAsync(Children.Token)).Code);
        process.Dispose();
    }

    [Fact(Timeout = Children.Limit)]
    public async Task KillOnParentExit_WhenTheParentIsKilled_EndsTheChild()
    {
        using LaunchedChild parent = Children.Launch(Children.Command("guard"), Quiet);
        int child = int.Parse(await Children.ReadLineAsync(parent.Stdout), CultureInfo.InvariantCulture);

        parent.Process.Signal(SignalNumber.SIGKILL);

        _ = await parent.Process.WaitAsync(Children.Token);
        await Children.WaitForEndAsync(child);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task KillOnParentExit_AtTheChildsOwnEnd_LeavesWhatItHasStarted()
    {
        int grandchild;
        using (LaunchedChild child = Children.Launch(Children.Command("tree", "exit"), Quiet with { KillOnParentExit = true }))
        {
            grandchild = int.Parse(await Children.ReadLineAsync(child.Stdout), CultureInfo.InvariantCulture);
            _ = await child.Process.WaitAsync(Children.Token);
        }

        using Process left = Process.GetProcessById(grandchild);
        Assert.False(left.HasExited);
        left.Kill();
        await left.WaitForExitAsync(Children.Token);
    }

    // In a process of its own: collecting the dynamic methods of the test runner ends .NET under wine.
    [Fact(Timeout = Children.Limit)]
    public async Task KillOnParentExit_OfADroppedChild_LeavesItRunning() =>
        Assert.Equal((0, "running\r\n"), await Children.RunAsync(Children.Command("drop"), Quiet));

    [Fact(Timeout = Children.Limit)]
    public async Task Start_OfManyAtOnce_TellsEachItsCode()
    {
        int[] codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(static i => Task.Run(
            async () =>
            {
                using LaunchedChild child = Children.Launch(
                    Children.Command("exit", (i + 10).ToString(CultureInfo.InvariantCulture)), Quiet);
                return (await child.Process.WaitAsync(Children.Token)).Code;
            },
            Children.Token)));

        Assert.Equal(Enumerable.Range(10, 8), codes);
    }
}
