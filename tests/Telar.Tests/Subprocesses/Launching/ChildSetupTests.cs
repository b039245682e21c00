using System.Globalization;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Launching;

/// <summary>
/// What the exec helper does: users, groups, umask, limits, niceness, the parent's death. Seen red with each of them left out, and with an
/// empty list of groups taken for none given.
/// </summary>
[Collection(ChildProcessGroup.Name)]
public sealed class ChildSetupTests : IDisposable
{
    private const int Limit = 30_000;
    private const int Nobody = 65534;
    private const string Status = "grep -E '^(Uid|Gid|Groups|SigIgn|SigBlk):' /proc/self/status";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-");

    public ChildSetupTests() =>
        Assert.SkipWhen(ExecHelper.ResourceName is null, "There is no exec helper for this architecture.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public async Task User_AndGroups_ByNumber_AreTheChilds()
    {
        SkipUnlessRoot();

        string output = await Launches.ShellAsync(Status, new PopenOptions { User = 12345, Group = 23456, ExtraGroups = [7, 8, 9] });

        Assert.Contains("Uid:\t12345\t12345\t12345\t12345\n", output, StringComparison.Ordinal);
        Assert.Contains("Gid:\t23456\t23456\t23456\t23456\n", output, StringComparison.Ordinal);
        Assert.Contains("Groups:\t7 8 9 \n", output, StringComparison.Ordinal);
        Assert.Contains("SigBlk:\t0000000000000000\n", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task User_AndGroups_ByName_AreTheChilds()
    {
        SkipUnlessRoot();

        string output = await Launches.ShellAsync(
            Status, new PopenOptions { User = "nobody", Group = "daemon", ExtraGroups = ["bin", "root"] });

        Assert.Contains($"Uid:\t{Nobody}\t{Nobody}\t{Nobody}\t{Nobody}\n", output, StringComparison.Ordinal);
        Assert.Contains("Gid:\t1\t1\t1\t1\n", output, StringComparison.Ordinal);
        Assert.Contains("Groups:\t0 2 \n", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task User_WhenItIsThatOfThisProcess_TakesNoRight()
    {
        string output = await Launches.ShellAsync("id -u", new PopenOptions { User = CurrentUser() });

        Assert.Equal($"{CurrentUser()}\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task ExtraGroups_WhenEmpty_LeaveNone()
    {
        SkipUnlessRoot();

        // By a process that has groups to leave.
        (string output, _) = await Launches.RunAsync([Launches.Dummy, "leave-groups"], new PopenOptions { ExtraGroups = [1, 2] });

        Assert.Equal("Groups:\t \n", output);
    }

    // Without the right to it, each is refused by its name. The child is another user by an outer dummy.
    [Theory(Timeout = Limit)]
    [InlineData("user", "becoming user 1 (setresuid) failed in the child: EPERM (Operation not permitted). It takes root (CAP_SETUID).")]
    [InlineData("group", "becoming group 1 (setresgid) failed in the child: EPERM (Operation not permitted). It takes root (CAP_SETGID).")]
    [InlineData("groups", "setting the extra groups (setgroups) failed in the child: EPERM (Operation not permitted). It takes root (CAP_SETGID).")]
    [InlineData("nice", "adding -5 to the niceness (setpriority) failed in the child: EACCES (Permission denied). Below 0 it takes root (CAP_SYS_NICE).")]
    [InlineData("limit", "setting the limit RLIMIT_CORE to 1 (prlimit) failed in the child: EPERM (Operation not permitted). Only root may raise a limit above that of this process.")]
    public async Task Start_WithoutTheRight_NamesTheStep(string option, string message)
    {
        SkipUnlessRoot();
        (string output, int code) = await Launches.RunAsync(
            [Launches.Dummy, "refused", option],
            new PopenOptions { User = Nobody, Group = Nobody, ExtraGroups = [], Limits = new ResourceLimits { CoreSize = 0 } });

        Assert.Equal($"UnauthorizedAccessException: Cannot start '/bin/true': {message}\n0 children, 0 descriptors more\n", output);
        Assert.Equal(0, code);
    }

    [Fact(Timeout = Limit)]
    public Task User_ThatIsUnknown_IsNamed()
    {
        KeyNotFoundException user = Assert.Throws<KeyNotFoundException>(
            () => Launcher.Start("true", new PopenOptions { User = "no-such-user" }));
        KeyNotFoundException group = Assert.Throws<KeyNotFoundException>(
            () => Launcher.Start("true", new PopenOptions { Group = "no-such-group" }));
        KeyNotFoundException extra = Assert.Throws<KeyNotFoundException>(
            () => Launcher.Start("true", new PopenOptions { ExtraGroups = [0, "no-such-group"] }));

        Assert.Equal("Cannot start 'true': this system has no user 'no-such-user' ('getent passwd no-such-user' shows what it knows).", user.Message);
        Assert.Contains("no group 'no-such-group'", group.Message, StringComparison.Ordinal);
        Assert.Contains("no group 'no-such-group'", extra.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => UserId.FromNumber(-1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => UserId.FromNumber(uint.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(static () => GroupId.FromNumber(long.MaxValue));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Umask_IsThatOfFilesThatTheChildMakes()
    {
        string file = Path.Combine(_folder.FullName, "made");

        string output = await Launches.ShellAsync(
            "touch \"$1\"; stat -c %a \"$1\"; umask",
            new PopenOptions { Umask = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite },
            file);

        Assert.Equal("640\n0026\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Limits_AreThoseOfTheChild()
    {
        string output = await Launches.ShellAsync("cat /proc/self/limits", new PopenOptions
        {
            Limits = new ResourceLimits
            {
                CpuTime = TimeSpan.FromSeconds(6.5),
                AddressSpace = 3_000_000_000,
                FileSize = 1_000_001,
                CoreSize = 0,
                OpenFiles = 77,
                Processes = 5000,
                Stack = 4_000_000,
            },
        });

        Assert.Matches(@"Max cpu time +7 +8 +seconds", output);
        Assert.Matches(@"Max address space +3000000000 +3000000000 +bytes", output);
        Assert.Matches(@"Max file size +1000001 +1000001 +bytes", output);
        Assert.Matches(@"Max core file size +0 +0 +bytes", output);
        Assert.Matches(@"Max open files +77 +77 +files", output);
        Assert.Matches(@"Max processes +5000 +5000 +processes", output);
        Assert.Matches(@"Max stack size +4000000 +4000000 +bytes", output);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Launcher.Start("true", new PopenOptions { Limits = new ResourceLimits { FileSize = -1 } }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Launcher.Start("true", new PopenOptions { Limits = new ResourceLimits { CpuTime = TimeSpan.Zero } }));
    }

    [Fact(Timeout = Limit)]
    public async Task Nice_IsAddedToThatOfThisProcess()
    {
        int own = int.Parse(await Launches.ShellAsync("nice"), CultureInfo.InvariantCulture);

        Assert.Equal($"{Math.Min(own + 5, 19)}\n", await Launches.ShellAsync("nice", new PopenOptions { Nice = 5 }));
        Assert.Equal("19\n", await Launches.ShellAsync("nice", new PopenOptions { Nice = 19 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Launcher.Start("true", new PopenOptions { Nice = 20 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Launcher.Start("true", new PopenOptions { Nice = -21 }));
    }

    [Fact(Timeout = Limit)]
    public async Task Helper_LeavesTheProgramNothingOfItsOwn()
    {
        // Numbers by tests and not by a listing, which opens one itself.
        using Pipe given = Pipe.Create();
        string output = await Launches.ShellAsync(
            "i=0; while [ $i -lt 400 ]; do [ -h /proc/$$/fd/$i ] && printf '%s ' $i; i=$((i+1)); done; "
            + "tr '\\0' ' ' </proc/$$/cmdline | head -c 10; cat /proc/$$/comm; echo $PPID $(pwd)",
            new PopenOptions { Umask = UnixFileMode.None, Cwd = _folder.FullName, PassHandles = [new PassedHandle(given.Reader, 9)] });

        Assert.Equal($"0 1 2 9 /bin/sh -csh\n{Environment.ProcessId} {_folder.FullName}\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Helper_GoesAlongThePath_AsAStartWithoutItDoes()
    {
        string first = Directory.CreateDirectory(Path.Combine(_folder.FullName, "first")).FullName;
        string second = Directory.CreateDirectory(Path.Combine(_folder.FullName, "second")).FullName;
        await File.WriteAllTextAsync(Path.Combine(first, "tool"), "#!/bin/sh\nexit 1\n", Token);
        await File.WriteAllTextAsync(Path.Combine(second, "tool"), "#!/bin/sh\nexit 42\n", Token);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(first, "tool"), UnixFileMode.UserRead);
            File.SetUnixFileMode(Path.Combine(second, "tool"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var options = new PopenOptions { Nice = 0, ExtraEnv = new Dictionary<string, string?> { ["PATH"] = $"{first}:{second}:/bin" } };
        (_, int code) = await Launches.RunAsync(["tool"], options);
        UnauthorizedAccessException denied = Assert.Throws<UnauthorizedAccessException>(() => Launcher.Start(
            ["tool"], options with { ExtraEnv = new Dictionary<string, string?> { ["PATH"] = first } }));

        Assert.Equal(42, code);
        Assert.Contains("chmod +x", denied.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "telar-no-such-program", "", "FileNotFoundException: no directory of the child's PATH has a program of this name" },
        { "/no/such/program", "", "FileNotFoundException: there is no such file." },
        { "/bin/true", "/no/such/directory", "DirectoryNotFoundException: its working directory '/no/such/directory' does not exist." },
        { "/tmp", "", "UnauthorizedAccessException: '/tmp' is a directory." },
        { "/etc/passwd", "", "UnauthorizedAccessException: '/etc/passwd' may not be executed by user" },
        { "git log", "", "FileNotFoundException: no directory" },
    };

    // The same answer with the helper and without it.
    [Theory(Timeout = Limit)]
    [MemberData(nameof(Faults))]
    public Task Start_WhenTheProgramIsAtFault_SaysSoWithAndWithoutTheHelper(string program, string directory, string message)
    {
        foreach (int? nice in (int?[])[null, 1])
        {
            Exception e = Assert.ThrowsAny<Exception>(() => Launcher.Start(
                program, new PopenOptions { Nice = nice, Cwd = directory.Length == 0 ? null : directory }));
            Assert.StartsWith(
                message.Replace(": ", $": Cannot start '{program}': ", StringComparison.Ordinal),
                $"{e.GetType().Name}: {e.Message}",
                StringComparison.Ordinal);
            Assert.Equal(program, e is FileNotFoundException missing ? missing.FileName : program);
        }

        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Start_OfATextWithBlanks_SaysHowToWriteIt()
    {
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => Launcher.Start("git log -1", new PopenOptions()));

        Assert.EndsWith(
            "The whole text was taken as the name of the program. To run 'git' with arguments, write [\"git\", ...] or $\"git log -1\".",
            e.Message,
            StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    // Guards the step d of the helper; and without the spawner thread the child ends with the thread that started it.
    [Theory(Timeout = Limit)]
    [InlineData("kill")]
    [InlineData("exit")]
    public async Task KillOnParentExit_EndsTheChildWithItsParent(string end)
    {
        using LaunchedChild parent = Launcher.Start(
            [Launches.Dummy, "adopt", end], new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });
        using var reader = new StreamReader(new FileStream(parent.Stdout!, FileAccess.Read, bufferSize: 0)); // a pipe was asked for
        int child = int.Parse((await reader.ReadLineAsync(Token))!, CultureInfo.InvariantCulture); // never ends before
        Assert.False(Children.IsDead(child));

        if (end == "kill")
        {
            parent.Process.Signal(9);
        }
        else
        {
            parent.Stdin!.Dispose(); // as above
        }

        _ = await parent.Process.WaitAsync(Token);
        while (!Children.IsDead(child))
        {
            await Task.Delay(5, Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task KillOnParentExit_WhenTheStartingThreadEnds_LeavesTheChildAlive()
    {
        LaunchedChild? child = null;
        var thread = new Thread(() => child = Launcher.Start(
            ["sleep", "1000"], new PopenOptions { KillOnParentExit = true }, callerStays: true));
        thread.Start();
        thread.Join();

        using (child)
        {
            Assert.False(child!.Process.Wait(TimeSpan.FromMilliseconds(200), Token)); // the thread has set it
            child.Process.Signal(15);
            Assert.Equal(-15, (await child.Process.WaitAsync(Token)).Code);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WhenManyFailInTheHelper_LeavesNothing()
    {
        await Launches.ShellAsync("true", new PopenOptions { Nice = 1 });
        _ = Assert.Throws<FileNotFoundException>(() => Launcher.Start("/no/such/program", new PopenOptions { Nice = 1 }));
        DescriptorCount before = DescriptorCount.Take();

        for (int i = 0; i < 300; i++)
        {
            _ = Assert.Throws<FileNotFoundException>(() => Launcher.Start(
                "/no/such/program", new PopenOptions { Nice = 1, Stdin = Stdio.Pipe, Stdout = Stdio.Pipe, Stderr = Stdio.Pipe }));
        }

        before.AssertNoMore();
        Assert.Empty(Children.Zombies());
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(CurrentUser() == 0, "Takes root.");

    private static uint CurrentUser() => uint.Parse(
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);
}
