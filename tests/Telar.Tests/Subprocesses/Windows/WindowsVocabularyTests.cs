using Microsoft.Win32.SafeHandles;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Xunit;

namespace Telar.Tests.Subprocesses.Windows;

/// <summary>The words that mean something on Windows alone, and are there on every system.</summary>
public class WindowsVocabularyTests
{
    private const int Limit = 30_000;

    /// <summary>Options of Unix, and how the refusal names each.</summary>
    public static TheoryData<PopenOptions, string> OptionsOfUnix => new()
    {
        { new PopenOptions { User = 0 }, "User" },
        { new PopenOptions { Group = 0 }, "Group" },
        { new PopenOptions { ExtraGroups = [] }, "ExtraGroups" },
        { new PopenOptions { Umask = UnixFileMode.None }, "Umask" },
        { new PopenOptions { Limits = new ResourceLimits() }, "Limits" },
        { new PopenOptions { Nice = 1 }, "Nice" },
        { new PopenOptions { Pty = new PtyOptions() }, "Pty" },
        { new PopenOptions { StartNewSession = true }, "StartNewSession" },
        { new PopenOptions { ProcessGroup = 5 }, "ProcessGroup 5" },
        { new PopenOptions { RestoreSignals = false }, "RestoreSignals off" },
        { new PopenOptions { PassHandles = [new PassedHandle(new SafeFileHandle(), 3)] }, "PassHandles under another number" },
    };

    [Fact(Timeout = Limit)]
    public Task Constants_HaveTheNumbersOfWindows()
    {
        Assert.Equal(
            [-10, -11, -12],
            [WindowsConstants.StdInputHandle, WindowsConstants.StdOutputHandle, WindowsConstants.StdErrorHandle]);
        Assert.Equal(
            [0x1, 0x40, 0x80, 0x100],
            [(int)StartupFlags.UseShowWindow, (int)StartupFlags.ForceOnFeedback, (int)StartupFlags.ForceOffFeedback,
                (int)StartupFlags.UseStdHandles]);
        Assert.Equal(
            [0x8, 0x10, 0x200, 0x0100_0000, 0x0400_0000, 0x0800_0000],
            [(int)CreationFlags.Detached, (int)CreationFlags.NewConsole, (int)CreationFlags.NewProcessGroup,
                (int)CreationFlags.BreakawayFromJob, (int)CreationFlags.DefaultErrorMode, (int)CreationFlags.NoWindow]);
        Assert.Equal(
            [0x20, 0x40, 0x80, 0x100, 0x4000, 0x8000],
            [(int)CreationFlags.NormalPriority, (int)CreationFlags.IdlePriority, (int)CreationFlags.HighPriority,
                (int)CreationFlags.RealtimePriority, (int)CreationFlags.BelowNormalPriority, (int)CreationFlags.AboveNormalPriority]);
        Assert.Equal(0, (int)ShowWindow.Hide);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task StartupInfo_CanBeMadeAndCopiedAnywhere()
    {
        using var handle = new SafeFileHandle();
        var info = new StartupInfo { Flags = StartupFlags.UseStdHandles, StdOutput = handle, HandleList = [handle] };

        StartupInfo copy = info with { Flags = StartupFlags.UseStdHandles | StartupFlags.UseShowWindow, ShowWindow = ShowWindow.Normal };

        Assert.Equal(StartupFlags.UseStdHandles, info.Flags);
        Assert.Same(handle, copy.StdOutput);
        Assert.Null(copy.StdInput);
        Assert.Null(copy.StdError);
        Assert.Same(info.HandleList, copy.HandleList);
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(OptionsOfUnix))]
    public Task RefusePosix_OfAnOptionThatWindowsHasNot_NamesItAndSaysWhy(PopenOptions options, string named)
    {
        PlatformNotSupportedException e =
            Assert.Throws<PlatformNotSupportedException>(() => WindowsOptions.RefusePosix("tool", options));

        Assert.StartsWith($"Cannot start 'tool' with {named}: ", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task RefusePosix_OfWhatBothHave_Passes()
    {
        using var handle = new SafeFileHandle();
        WindowsOptions.RefusePosix(
            "tool",
            new PopenOptions
            {
                ProcessGroup = 0, CloseFds = false, PassHandles = [handle], KillOnParentExit = true, PipeSize = 4096,
                CreationFlags = CreationFlags.NoWindow, StartupInfo = new StartupInfo(),
            });
        return Task.CompletedTask;
    }
}
