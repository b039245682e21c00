using System.Collections.Concurrent;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Processes;

/// <summary>What every kind of child process does.</summary>
public abstract class ChildProcessTests : IDisposable
{
    private const int Limit = 30_000;

    private readonly ConcurrentBag<string> _jobs = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>After each test no child may be left; a test that failed half way is cleaned up after.</summary>
    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            foreach (string job in _jobs)
            {
                ProcessTree.Kill(root: 0, rootDescriptor: null, job);
            }
        }
        else
        {
            Assert.Empty(Children.Mine());
        }

        GC.SuppressFinalize(this);
    }

    private protected abstract ChildProcess StartNew(ChildStartInfo startInfo);

    private protected ChildProcess Start(ChildStartInfo startInfo)
    {
        ChildProcess child = StartNew(startInfo);
        _jobs.Add(child.Job);
        return child;
    }

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(137)]
    [InlineData(255)]
    public async Task Exited_WhenTheChildEndsByItself_TellsItsCode(int code)
    {
        using ChildProcess child = Start(Children.Shell($"exit {code}"));

        ExitStatus status = await child.Exited.WaitAsync(Token);

        Assert.Equal(code, status.Code);
        Assert.False(status.IsSignal);
        Assert.False(status.IsLost);
        Assert.Equal(code == 0, status.IsSuccess);
        Assert.Equal($"exit code {code}", status.ToString());
        Assert.True(child.HasExited);
        Assert.Equal(status, child.Status);
    }

    [Theory(Timeout = Limit)]
    [InlineData(9, "SIGKILL")]
    [InlineData(15, "SIGTERM")]
    public async Task Signal_WhenItKills_IsToldAsPythonDoes(int signal, string name)
    {
        using ChildProcess child = Start(new ChildStartInfo { FileName = "sleep", Arguments = ["1000"] });
        Assert.False(child.HasExited);
        Assert.Null(child.Status);

        child.Signal(signal);

        ExitStatus status = await child.WaitAsync(Token);
        Assert.Equal(-signal, status.Code);
        Assert.Equal(signal, status.Signal);
        Assert.Equal(name, status.SignalName);
        Assert.Equal($"killed by {name}", status.ToString());
    }

    [Fact(Timeout = Limit)]
    public async Task Signal_WhenTheChildIgnoresIt_LeavesItRunning()
    {
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell("""
            trap 'echo got' TERM; exec >"$1"; echo ready; while :; do read x <"$2"; done
            """, channel.Path, MakeFifo(channel)));
        Assert.Equal("ready", await channel.ReadLineAsync());

        child.Signal(15);

        Assert.Equal("got", await channel.ReadLineAsync());
        Assert.False(child.HasExited);
        child.KillTree();
        Assert.Equal(-9, (await child.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Signal_AfterTheEnd_DoesNothing()
    {
        using ChildProcess child = Start(Children.Shell("exit 5"));
        _ = await child.WaitAsync(Token);

        child.Signal(9);
        child.Signal(15);
        child.KillTree();

        Assert.Equal(5, child.Status?.Code);
    }

    [Theory(Timeout = Limit)]
    [InlineData(0)]
    [InlineData(-9)]
    [InlineData(65)]
    public async Task Signal_ThatDoesNotExist_IsRefused(int signal)
    {
        using ChildProcess child = Start(Children.Shell("exit 0"));

        Assert.Throws<ArgumentOutOfRangeException>(() => child.Signal(signal));

        _ = await child.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Arguments_OfAnyText_ArriveAsTheyAre()
    {
        string[] arguments = ["", "a b", "\"quoted\" 'too'", "back\\slash\\", "$HOME * ?", "ñandú 織機 🧵", "two\nlines", "-x"];
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell(
            """out=$1; shift; { for a; do printf '[%s]\n' "$a"; done; echo end; } >"$out" """, [channel.Path, .. arguments]));

        List<string> lines = await channel.ReadToEndLineAsync();

        Assert.Equal(string.Join('\n', arguments.Select(a => $"[{a}]")), string.Join('\n', lines));
        _ = await child.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_WhenNull_IsTheManagedOneOfThisProcess()
    {
        string name = "TELAR_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(name, "a=b");
        try
        {
            using var channel = new LineChannel();
            using ChildProcess child = Start(Children.Shell(
                $$"""{ echo "${{name}}"; echo "$PATH"; echo "$TELAR_JOB"; echo end; } >"$1" """, channel.Path));

            List<string> lines = await channel.ReadToEndLineAsync();

            Assert.Equal("a=b", lines[0]);
            Assert.Equal(Environment.GetEnvironmentVariable("PATH"), lines[1]);
            Assert.EndsWith(child.Job, lines[2], StringComparison.Ordinal);
            _ = await child.WaitAsync(Token);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_WhenGiven_ReplacesEverything()
    {
        using var channel = new LineChannel();
        using ChildProcess child = Start(new ChildStartInfo
        {
            FileName = "/bin/sh",
            Arguments = ["-c", """{ /usr/bin/env; echo end; } >"$1" """, "sh", channel.Path],
            Environment = new Dictionary<string, string> { ["A"] = "1", ["LONG"] = new string('x', 20_000), ["EMPTY"] = "" },
        });

        List<string> lines = await channel.ReadToEndLineAsync();

        // The shell adds PWD, _ and the like by itself.
        Assert.Contains("A=1", lines);
        Assert.Contains("EMPTY=", lines);
        Assert.Contains("LONG=" + new string('x', 20_000), lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("HOME=", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("TELAR_JOB=", StringComparison.Ordinal));
        _ = await child.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task WorkingDirectory_WhenGiven_IsTheChilds()
    {
        using var channel = new LineChannel();
        using ChildProcess child = Start(
            Children.Shell("""{ pwd; echo end; } >"$1" """, channel.Path) with { WorkingDirectory = channel.Folder });

        Assert.Equal([channel.Folder], await channel.ReadToEndLineAsync());
        _ = await child.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task FileName_WithoutSlash_IsSearchedInThePathOfTheChild()
    {
        using var channel = new LineChannel();
        string first = Directory.CreateDirectory(Path.Combine(channel.Folder, "first")).FullName;
        string second = Directory.CreateDirectory(Path.Combine(channel.Folder, "second")).FullName;

        // In the first directory there is a file of that name that cannot be executed, and in this process's PATH none.
        MakeScript(Path.Combine(first, "tool"), "exit 1", executable: false);
        MakeScript(Path.Combine(second, "tool"), "exit 42", executable: true);

        using ChildProcess child = Start(new ChildStartInfo
        {
            FileName = "tool",
            WorkingDirectory = channel.Folder,
            Environment = new Dictionary<string, string> { ["PATH"] = "/nowhere:first:second/:/bin" },
        });

        Assert.Equal(42, (await child.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task FileName_ThatIsRelative_IsTakenFromTheChildsDirectory()
    {
        using var channel = new LineChannel();
        MakeScript(Path.Combine(channel.Folder, "tool"), "exit 43", executable: true);

        using ChildProcess child = Start(new ChildStartInfo { FileName = "./tool", WorkingDirectory = channel.Folder });

        Assert.Equal(43, (await child.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public Task Start_WhenThereIsNoSuchProgram_NamesItAndThePath()
    {
        FileNotFoundException searched = Assert.Throws<FileNotFoundException>(
            () => Start(new ChildStartInfo { FileName = "telar-no-such-program" }));
        FileNotFoundException direct = Assert.Throws<FileNotFoundException>(
            () => Start(new ChildStartInfo { FileName = "/no/such/program" }));

        Assert.Equal("telar-no-such-program", searched.FileName);
        Assert.Contains(Environment.GetEnvironmentVariable("PATH")!, searched.Message, StringComparison.Ordinal); // PATH is set here
        Assert.Equal("/no/such/program", direct.FileName);
        Assert.Contains("Cannot start '/no/such/program'", direct.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData("/bin/true")]
    [InlineData("/no/such/program")]
    [InlineData("telar-no-such-program")]
    public Task Start_WhenThereIsNoSuchDirectory_BlamesTheDirectory(string program)
    {
        DirectoryNotFoundException e = Assert.Throws<DirectoryNotFoundException>(
            () => Start(new ChildStartInfo { FileName = program, WorkingDirectory = "/no/such/directory" }));

        Assert.Contains("'/no/such/directory' does not exist", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Start_WhenTheDirectoryIsAFile_SaysSo()
    {
        DirectoryNotFoundException e = Assert.Throws<DirectoryNotFoundException>(
            () => Start(new ChildStartInfo { FileName = "/bin/true", WorkingDirectory = "/bin/sh" }));

        Assert.Contains("is a file", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Start_WhenTheProgramIsNotExecutable_SaysWhatToDo()
    {
        using var channel = new LineChannel();
        string path = Path.Combine(channel.Folder, "tool");
        MakeScript(path, "exit 0", executable: false);

        UnauthorizedAccessException file = Assert.Throws<UnauthorizedAccessException>(
            () => Start(new ChildStartInfo { FileName = path }));
        UnauthorizedAccessException directory = Assert.Throws<UnauthorizedAccessException>(
            () => Start(new ChildStartInfo { FileName = channel.Folder }));

        Assert.Contains("chmod +x", file.Message, StringComparison.Ordinal);
        Assert.Contains("is a directory", directory.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Start_WhenTheInterpreterIsMissing_NamesIt()
    {
        using var channel = new LineChannel();
        string path = Path.Combine(channel.Folder, "tool");
        File.WriteAllText(path, "#!/bin/sh\r\nexit 0\r\n");
        MakeExecutable(path);

        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => Start(new ChildStartInfo { FileName = path }));

        Assert.Contains("interpreter '/bin/sh\\r'", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Start_WhenTheFileIsNoProgram_SaysSo()
    {
        using var channel = new LineChannel();
        string path = Path.Combine(channel.Folder, "tool");
        File.WriteAllText(path, "exit 0\n");
        MakeExecutable(path);

        IOException e = Assert.Throws<IOException>(() => Start(new ChildStartInfo { FileName = path }));

        Assert.Contains("ENOEXEC", e.Message, StringComparison.Ordinal);
        Assert.Contains("#!", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Start_WhenTheArgumentsAreTooLong_SaysSo()
    {
        IOException e = Assert.Throws<IOException>(
            () => Start(new ChildStartInfo { FileName = "/bin/true", Arguments = [new string('x', 4_000_000)] }));

        Assert.Contains("E2BIG", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Wait_WithATimeout_TellsWhetherTheChildHasEnded()
    {
        using ChildProcess child = Start(new ChildStartInfo { FileName = "sleep", Arguments = ["1000"] });

        Assert.False(child.Wait(TimeSpan.Zero, Token));
        Assert.False(child.Wait(TimeSpan.FromMilliseconds(30), Token));
        Assert.False(child.Wait(TimeSpan.FromMilliseconds(30), CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => child.Wait(TimeSpan.FromMilliseconds(-2), Token));

        child.Signal(9);
        Assert.True(child.Wait(TimeSpan.FromDays(100), Token));
        Assert.True(child.Exited.IsCompleted);
        Assert.True(child.Wait(TimeSpan.Zero, Token));
        Assert.True(child.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None));
        Assert.Equal(-9, (await child.Exited).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Wait_WithoutAToken_IsWokenByTheEnd()
    {
        using ChildProcess child = Start(new ChildStartInfo { FileName = "sleep", Arguments = ["1000"] });
        Task<bool> timed = Task.Run(() => child.Wait(TimeSpan.FromDays(100)), Token);
        Task<bool> endless = Task.Run(() => child.Wait(Timeout.InfiniteTimeSpan), Token);

        child.Signal(9);

        Assert.True(await timed.WaitAsync(Token));
        Assert.True(await endless.WaitAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Wait_WhenCancelled_EndsAndTheChildGoesOn()
    {
        using ChildProcess child = Start(new ChildStartInfo { FileName = "sleep", Arguments = ["1000"] });
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        Assert.ThrowsAny<OperationCanceledException>(() => child.Wait(Timeout.InfiniteTimeSpan, cancellation.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => child.WaitAsync(cancellation.Token));

        Assert.False(child.HasExited);
        child.Signal(9);
        Assert.Equal(-9, (await child.WaitAsync(Token)).Code);

        // The end is known: there is nothing to cancel any more.
        Assert.True(child.Wait(Timeout.InfiniteTimeSpan, cancellation.Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WhileTheChildRuns_LetsItGoOnAndBeReaped()
    {
        ChildProcess child = Start(new ChildStartInfo { FileName = "sleep", Arguments = ["1000"] });
        int pid = child.Id;

        child.Dispose();
        child.Dispose();

        Assert.False(Children.IsDead(pid));
        Assert.False(child.HasExited);
        Assert.Throws<ObjectDisposedException>(() => child.Signal(9));
        Assert.Throws<ObjectDisposedException>(child.KillTree);
        Assert.Throws<ObjectDisposedException>(() => child.Handle);

        Assert.Equal(0, Interop.Libc.kill(pid, 9));
        ExitStatus status = await child.Exited.WaitAsync(Token);
        Assert.NotEqual(0, status.Code);
        Assert.False(ProcStat.TryRead(pid, out _));
    }

    [Fact(Timeout = Limit)]
    public async Task KillTree_WithOrphansInOtherSessions_LeavesNobody()
    {
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell("""
            exec >"$1"
            sleep 1000 & echo $!
            (setsid sh -c 'echo $$ >"$1"; sleep 1000 & echo $! >"$1"; wait' sh "$1" &)
            setsid sleep 1000 & echo $!
            echo $$
            wait
            """, channel.Path));
        var pids = new List<int>();
        for (int i = 0; i < 5; i++)
        {
            pids.Add(int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture)); // never ends
        }

        Assert.All(pids, pid => Assert.False(Children.IsDead(pid)));

        child.KillTree();

        Assert.All(pids, pid => Assert.True(Children.IsDead(pid), $"{pid} lives"));
        Assert.Equal(-9, (await child.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task KillTree_AfterTheChildsOwnEnd_KillsWhatItLeftBehind()
    {
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell("""
            exec >"$1"
            sleep 1000 & echo $!
            setsid sleep 1000 & echo $!
            exit 6
            """, channel.Path));
        int same = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends
        int other = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends
        Assert.Equal(6, (await child.WaitAsync(Token)).Code);
        Assert.False(Children.IsDead(same));
        Assert.False(Children.IsDead(other));

        child.KillTree();

        Assert.True(Children.IsDead(same));
        Assert.True(Children.IsDead(other));
    }

    [Fact(Timeout = Limit)]
    public async Task KillTree_OfANestedJob_ReachesWhatAnInnerParentStarted()
    {
        // The dummy starts the sleeper by this library, with a mark of its own; both leave their groups.
        using var channel = new LineChannel();
        using ChildProcess child = Start(new ChildStartInfo
        {
            FileName = Children.Dummy,
            Arguments = ["run", "/bin/sh", "-c", "echo $$ >\"$1\"; echo $PPID >\"$1\"; exec sleep 1000", "sh", channel.Path],
        });
        int sleeper = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends
        int inner = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends
        Assert.Equal(child.Id, inner);

        // Without its parent, only the mark still leads to it.
        child.Signal(9);
        _ = await child.WaitAsync(Token);
        Assert.False(Children.IsDead(sleeper));
        child.KillTree();

        Assert.True(Children.IsDead(sleeper));
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "program", "zero character" },
        { "directory", "zero character" },
        { "argument", "argument 2 contains a zero character" },
        { "name", "'=' in its name" },
        { "empty name", "an empty name" },
        { "zero name", "a zero character in its name" },
        { "value", "a zero character in its value" },
    };

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Unusable))]
    public Task Start_WithUnusableText_IsRefusedAtOnce(string what, string message)
    {
        var good = new ChildStartInfo { FileName = "/bin/true" };
        ChildStartInfo bad = what switch
        {
            "program" => good with { FileName = "/bin/tr\0ue" },
            "directory" => good with { WorkingDirectory = "/tmp\0" },
            "argument" => good with { Arguments = ["a", "b\0"] },
            "name" => good with { Environment = new Dictionary<string, string> { ["A=B"] = "" } },
            "empty name" => good with { Environment = new Dictionary<string, string> { [""] = "x" } },
            "zero name" => good with { Environment = new Dictionary<string, string> { ["A\0"] = "" } },
            "value" => good with { Environment = new Dictionary<string, string> { ["A"] = "\0" } },
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };

        // Validation is in the common entry.
        ArgumentException e = Assert.Throws<ArgumentException>(() => ChildProcess.Start(bad));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Contains("Cannot start '/bin/tr", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    private static string MakeFifo(LineChannel channel)
    {
        string path = Path.Combine(channel.Folder, "never");
        using ChildProcess make = ChildProcess.Start(new ChildStartInfo { FileName = "mkfifo", Arguments = [path] });
        Assert.True(make.Wait(Timeout.InfiniteTimeSpan, Token));
        return path;
    }

    private static void MakeScript(string path, string body, bool executable)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (executable)
        {
            MakeExecutable(path);
        }
    }

    private static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
