using System.Globalization;
using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Launching;

/// <summary>
/// The program, its environment, its descriptors, its group: what posix_spawn itself can say. Seen red with each of these left out: the
/// session, the joined group, Cwd, Env, CloseFds, the chosen number of a handle, the default action of SIGPIPE.
/// </summary>
[Collection(ChildProcessGroup.Name)]
public sealed class LauncherOptionsTests : IDisposable
{
    private const int Limit = 30_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public async Task Words_OfACommand_ArriveAsTheyAre()
    {
        (string output, _) = await Launches.RunAsync(["printf", "[%s]", "", "a b", "$HOME", "\"'\\", "ñ 織 🧵"]);

        Assert.Equal("[][a b][$HOME][\"'\\][ñ 織 🧵]", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Words_WithBytesThatAreNoText_ArriveAsBytes()
    {
        // As in Python: a byte 80 to FF that is no UTF-8 is the lone surrogate U+DC80 to U+DCFF.
        (string output, _) = await Launches.RunAsync(
            CommandLine.Shell("printf '%s|%s' \"$1\" \"$A\" | od -An -tx1 | tr -d ' \\n'", "sh", "a\udcffé\udc80"),
            new PopenOptions { ExtraEnv = new Dictionary<string, string?> { ["A"] = "\udcfe" } });

        Assert.Equal("61ffc3a9807cfe", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Shell_RunsTheScriptWithItsArguments()
    {
        Assert.Equal("/bin/sh:1:two words\n", await Launches.ShellAsync(
            "echo $(tr '\\0' '\\n' </proc/$$/cmdline | head -1):$#:$1", null, "two words"));
    }

    [Fact(Timeout = Limit)]
    public async Task Executable_OfAShell_ReplacesItAndIsItsName()
    {
        (string output, _) = await Launches.RunAsync(
            CommandLine.Shell("echo $0 ${BASH_VERSION:+bash}"), new PopenOptions { Executable = "/bin/bash" });

        Assert.Equal("/bin/bash bash\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Executable_OfAProgram_RunsUnderTheFirstWordAsItsName()
    {
        (string output, _) = await Launches.RunAsync(
            ["any name", "-c", "echo $0"], new PopenOptions { Executable = "/bin/bash" });

        Assert.Equal("any name\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Env_WhenGiven_IsTheWholeEnvironment()
    {
        (string output, _) = await Launches.RunAsync(
            ["/usr/bin/env"], new PopenOptions { Env = new Dictionary<string, string> { ["A"] = "x=y" } });

        Assert.Matches("^A=x=y\nTELAR_JOB=[0-9a-f/]+\n$", output);
    }

    [Fact(Timeout = Limit)]
    public async Task ExtraEnv_SetsReplacesAndRemoves()
    {
        var env = new Dictionary<string, string> { ["KEPT"] = "1", ["REPLACED"] = "1", ["REMOVED"] = "1" };
        var extra = new Dictionary<string, string?>
        {
            ["REPLACED"] = "2",
            ["REMOVED"] = null,
            ["NEW"] = "3",
            ["NEVER"] = null,
            ["TELAR_JOB"] = null,
        };

        (string output, _) = await Launches.RunAsync(["/usr/bin/env"], new PopenOptions { Env = env, ExtraEnv = extra });

        Assert.Equal(["KEPT=1", "NEW=3", "REPLACED=2"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    [Fact(Timeout = Limit)]
    public async Task ExtraEnv_WithoutEnv_IsAppliedToThatOfThisProcess()
    {
        string output = await Launches.ShellAsync(
            "echo ${HOME-none} ${A-none} ${PATH:+path}",
            new PopenOptions { ExtraEnv = new Dictionary<string, string?> { ["HOME"] = null, ["A"] = "1" } });

        Assert.Equal("none 1 path\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task ExtraEnv_WithAPath_DecidesWhereTheProgramIsLookedFor()
    {
        string tool = MakeTool("telar-tool", "echo found");

        (string output, _) = await Launches.RunAsync(
            ["telar-tool"],
            new PopenOptions { ExtraEnv = new Dictionary<string, string?> { ["PATH"] = $"/nowhere:{Path.GetDirectoryName(tool)}:/bin" } });
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => Launcher.Start(
            "cat", new PopenOptions { ExtraEnv = new Dictionary<string, string?> { ["PATH"] = "/nowhere" } }));

        Assert.Equal("found\n", output);
        Assert.Contains("PATH is '/nowhere'", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Cwd_IsWhereTheProgramStartsAndIsLookedFor()
    {
        _ = MakeTool("tool", "pwd");

        (string output, _) = await Launches.RunAsync(["./tool"], new PopenOptions { Cwd = _folder.FullName });

        Assert.Equal(_folder.FullName + "\n", output);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CloseFds_DecidesAboutDescriptorsThatAreNotCloseOnExec(bool close)
    {
        using Pipe leaked = Pipe.Create();
        Assert.Equal(0, Interop.Libc.fcntl(leaked.Writer, Interop.Libc.F_SETFD, 0));
        int number = (int)leaked.Writer.DangerousGetHandle();
        int closeOnExec = (int)leaked.Reader.DangerousGetHandle();

        string output = await Launches.ShellAsync(
            "for n; do [ -e /proc/$$/fd/$n ] && echo $n; done; true",
            new PopenOptions { CloseFds = close },
            $"{number}",
            $"{closeOnExec}");

        Assert.Equal(close ? "" : $"{number}\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task PassHandles_ArriveUnderTheirOwnNumberOrAChosenOne()
    {
        using Pipe one = Pipe.Create();
        using Pipe two = Pipe.Create();
        int number = (int)one.Writer.DangerousGetHandle();

        (_, int code) = await Launches.RunAsync(
            ["/bin/bash", "-c", $"echo a >&{number} && echo b >&7"],
            new PopenOptions
            {
                // Twice the same, and a standard stream, are no error.
                PassHandles = [one.Writer, one.Writer, new PassedHandle(two.Writer, 7), new Microsoft.Win32.SafeHandles.SafeFileHandle(2, false)],
            });

        Assert.Equal(0, code);
        Assert.Equal(Interop.Libc.FD_CLOEXEC, Interop.Libc.fcntl(one.Writer, Interop.Libc.F_GETFD, 0));
        Assert.Equal("a\n", await ReadAsync(one));
        Assert.Equal("b\n", await ReadAsync(two));

        static Task<string> ReadAsync(Pipe pipe)
        {
            pipe.Writer.Dispose();
            return Launches.ReadAsync(pipe.Reader);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task PassHandles_ThatAreAlsoRedirected_ArriveBothWays()
    {
        using Pipe pipe = Pipe.Create();
        int number = (int)pipe.Writer.DangerousGetHandle();
        (_, int code) = await Launches.RunAsync(
            ["/bin/bash", "-c", $"echo a; echo b >&{number}"],
            new PopenOptions { Stdout = Stdio.Handle(pipe.Writer), PassHandles = [pipe.Writer] });
        pipe.Writer.Dispose();

        Assert.Equal(0, code);
        Assert.Equal("a\nb\n", await Launches.ReadAsync(pipe.Reader));
    }

    [Fact(Timeout = Limit)]
    public Task PassHandles_ThatCannotBePassed_AreRefused()
    {
        using Pipe pipe = Pipe.Create();
        Pipe closed = Pipe.Create();
        closed.Dispose();

        Assert.Contains("PassHandles[0] is null", Refusal(default(PassedHandle)), StringComparison.Ordinal);
        Assert.Contains("PassHandles[0] is closed or invalid", Refusal(closed.Reader), StringComparison.Ordinal);
        Assert.Contains("PassHandles[0] asks for number 1", Refusal(new PassedHandle(pipe.Reader, 1)), StringComparison.Ordinal);
        Assert.Contains("both ask for number 5", Refusal(new PassedHandle(pipe.Reader, 5), new PassedHandle(pipe.Writer, 5)), StringComparison.Ordinal);
        return Task.CompletedTask;

        static string Refusal(params PassedHandle[] handles) =>
            Assert.Throws<ArgumentException>(() => Launcher.Start("true", new PopenOptions { PassHandles = handles })).Message;
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RestoreSignals_DecidesWhetherSigpipeKillsTheChild(bool restore)
    {
        string output = await Launches.ShellAsync("grep SigIgn /proc/self/status", new PopenOptions { RestoreSignals = restore });

        ulong ignored = ulong.Parse(output.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(restore ? 0UL : 1UL << 12, ignored & (1UL << 12));
    }

    [Fact(Timeout = Limit)]
    public async Task Group_OfTheChild_IsTheParentsItsOwnOrOneThatIsThere()
    {
        Assert.True(ProcStat.TryRead(Environment.ProcessId, out ProcStat self));
        using LaunchedChild leader = Launcher.Start(["sleep", "1000"], new PopenOptions { ProcessGroup = 0 });
        using LaunchedChild member = Launcher.Start(["sleep", "1000"], new PopenOptions { ProcessGroup = leader.Process.Id });
        using LaunchedChild plain = Launcher.Start(["sleep", "1000"], new PopenOptions());
        using LaunchedChild session = Launcher.Start(["sleep", "1000"], new PopenOptions { StartNewSession = true });

        Assert.Equal((leader.Process.Id, self.Session), Of(leader));
        Assert.Equal((leader.Process.Id, self.Session), Of(member));
        Assert.Equal((self.Group, self.Session), Of(plain));
        Assert.Equal((session.Process.Id, session.Process.Id), Of(session));
        foreach (LaunchedChild child in (LaunchedChild[])[leader, member, plain, session])
        {
            child.Process.Signal(9);
            Assert.Equal(-9, (await child.Process.WaitAsync(Token)).Code);
        }

        static (int Group, int Session) Of(LaunchedChild child) =>
            ProcStat.TryRead(child.Process.Id, out ProcStat stat) ? (stat.Group, stat.Session) : default;
    }

    [Fact(Timeout = Limit)]
    public Task Group_ThatCannotBeJoined_IsNamed()
    {
        UnauthorizedAccessException e = Assert.Throws<UnauthorizedAccessException>(
            () => Launcher.Start("true", new PopenOptions { ProcessGroup = 999_999_999 }));
        ArgumentException both = Assert.Throws<ArgumentException>(
            () => Launcher.Start("true", new PopenOptions { ProcessGroup = 0, StartNewSession = true }));

        Assert.Contains("joining process group 999999999 (setpgid) failed in the child: EPERM", e.Message, StringComparison.Ordinal);
        Assert.Contains("Leave ProcessGroup out", both.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Launcher.Start("true", new PopenOptions { ProcessGroup = -1 }));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Options_OfWindows_AreRefused()
    {
        PlatformNotSupportedException flags = Assert.Throws<PlatformNotSupportedException>(
            () => Launcher.Start("true", new PopenOptions { CreationFlags = CreationFlags.NewProcessGroup }));
        PlatformNotSupportedException info = Assert.Throws<PlatformNotSupportedException>(
            () => Launcher.Start("true", new PopenOptions { StartupInfo = new StartupInfo() }));

        Assert.Contains("CreationFlags", flags.Message, StringComparison.Ordinal);
        Assert.Contains("StartupInfo", info.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    // Guards against a spawner or a watcher thread for every start.
    [Theory(Timeout = Limit)]
    [InlineData("stays", "")]
    [InlineData("stays-not", "Telar spawner")]
    [InlineData("async", "Telar descripto")]
    public async Task Start_OnAThreadThatStays_TakesNoOtherThread(string mode, string threads)
    {
        (string output, int code) = await Launches.RunAsync([Launches.Dummy, "threads", "5", mode]);

        Assert.Equal((threads + "\n", 0), (output, code));
    }

    private string MakeTool(string name, string body)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
