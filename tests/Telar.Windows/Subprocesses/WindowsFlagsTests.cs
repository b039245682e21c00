using System.Diagnostics;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;

namespace Telar.Windows.Subprocesses;

/// <summary>Creation flags, priorities and the window of a child.</summary>
public sealed class WindowsFlagsTests
{
    [Theory(Timeout = Children.Limit)]
    [InlineData(CreationFlags.IdlePriority, ProcessPriorityClass.Idle)]
    [InlineData(CreationFlags.BelowNormalPriority, ProcessPriorityClass.BelowNormal)]
    [InlineData(CreationFlags.NormalPriority, ProcessPriorityClass.Normal)]
    [InlineData(CreationFlags.AboveNormalPriority, ProcessPriorityClass.AboveNormal)]
    [InlineData(CreationFlags.HighPriority, ProcessPriorityClass.High)]
    public async Task CreationFlags_WithAPriority_GiveItToTheChild(CreationFlags flag, ProcessPriorityClass expected) =>
        Assert.Equal(
            (0, $"{expected}\r\n"),
            await Children.RunAsync(Children.Command("priority"), new PopenOptions { CreationFlags = flag }));

    [Theory(Timeout = Children.Limit)]
    [InlineData(CreationFlags.NoWindow)]
    [InlineData(CreationFlags.Detached)]
    [InlineData(CreationFlags.NewConsole)]
    [InlineData(CreationFlags.NewProcessGroup)]
    [InlineData(CreationFlags.DefaultErrorMode | CreationFlags.NoWindow)]
    public async Task CreationFlags_OfConsoles_LeaveTheStreamsWhereTheyLead(CreationFlags flag) =>
        Assert.Equal(
            ["here"],
            await Children.SayAsync(Children.Command("argv", "here"), new PopenOptions { CreationFlags = flag }));

    [Theory(Timeout = Children.Limit)]
    [InlineData(StartupFlags.UseShowWindow, ShowWindow.Hide, "1 0")]
    [InlineData(StartupFlags.UseShowWindow, ShowWindow.MinimizedNoActivate, "1 7")]
    [InlineData(StartupFlags.UseShowWindow | StartupFlags.ForceOffFeedback, ShowWindow.Maximized, "1 3")]
    public async Task StartupInfo_WithAWindow_ReachesTheChild(StartupFlags flags, ShowWindow window, string expected)
    {
        var startup = new StartupInfo { Flags = flags, ShowWindow = window };

        (int code, string output) = await Children.RunAsync(Children.Command("window"), new PopenOptions { StartupInfo = startup });

        Assert.Equal((0, expected + "\r\n"), (code, output));
        Assert.Equal(new StartupInfo { Flags = flags, ShowWindow = window }, startup);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Shell_HidesItsWindowUnlessOneIsAskedFor()
    {
        var options = new PopenOptions { Executable = Children.Program };
        var startup = new StartupInfo { Flags = StartupFlags.UseShowWindow, ShowWindow = ShowWindow.Normal };

        Assert.Equal((0, "1 0\r\n"), await Children.RunAsync(CommandLine.Shell("window"), options));
        Assert.Equal((0, "1 1\r\n"), await Children.RunAsync(CommandLine.Shell("window"), options with { StartupInfo = startup }));
    }

    [Fact(Timeout = Children.Limit)]
    public async Task CreationFlags_OutsideOfTheJob_AreTakenAsTheyAre()
    {
        using LaunchedChild child = Children.Launch(
            Children.Command("exit", "3"), new PopenOptions { Stdout = Stdio.Pipe, CreationFlags = CreationFlags.BreakawayFromJob });

        Assert.Equal(3, (await child.Process.WaitAsync(Children.Token)).Code);
    }
}
