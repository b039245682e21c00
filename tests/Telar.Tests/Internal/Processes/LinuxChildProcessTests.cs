using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Processes;

/// <summary>The contract on <see cref="LinuxChildProcess"/>, and what only it can do.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class LinuxChildProcessTests : ChildProcessTests
{
    private const int Limit = 30_000;

    // Prints the numbers of the open descriptors. By tests and not by a listing, which opens one itself.
    private const string ListDescriptors =
        "i=0; while [ $i -lt 400 ]; do [ -e /proc/$$/fd/$i ] || [ -h /proc/$$/fd/$i ] && printf '%s ' $i; i=$((i+1)); done";

    public LinuxChildProcessTests() => Assert.SkipUnless(LinuxChildProcess.IsSupported, "Needs Linux 5.4 on a 64-bit machine.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected override ChildProcess StartNew(ChildStartInfo startInfo) => LinuxChildProcess.StartNew(startInfo);

    [Fact(Timeout = Limit)]
    public Task Start_OnThisSystem_UsesTheNativeLayer()
    {
        using ChildProcess child = ChildProcess.Start(new ChildStartInfo { FileName = "/bin/true" });

        Assert.IsType<LinuxChildProcess>(child);
        Assert.True(child.Wait(Timeout.InfiniteTimeSpan, Token));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Exited_WhenTheChildKillsItself_IsNotTakenForAnExitCode()
    {
        using ChildProcess killed = Start(Children.Shell("kill -9 $$"));
        using ChildProcess crashed = Start(Children.Shell("kill -11 $$"));
        using ChildProcess realTime = Start(Children.Shell("kill -36 $$"));

        Assert.Equal("killed by SIGKILL", (await killed.WaitAsync(Token)).ToString());
        ExitStatus crash = await crashed.WaitAsync(Token);
        Assert.Equal((-11, "SIGSEGV"), (crash.Code, crash.SignalName));
        Assert.Equal("SIGRTMIN+2", (await realTime.WaitAsync(Token)).SignalName);
    }

    [Fact(Timeout = Limit)]
    public async Task StandardStreams_WithOneHandleTwice_KeepTheOrder()
    {
        using Pipe pipe = Pipe.Create();
        using ChildProcess child = Start(
            Children.Shell("for i in 1 2 3; do echo out $i; echo err $i >&2; done")
            with { StandardOutput = pipe.Writer, StandardError = pipe.Writer });
        pipe.Writer.Dispose();
        using var reader = new StreamReader(new FileStream(pipe.Reader, FileAccess.Read));

        Assert.Equal("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n", await reader.ReadToEndAsync(Token));
        _ = await child.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task StandardInput_WhenGiven_IsReadByTheChild()
    {
        using Pipe pipe = Pipe.Create();
        Task<(string Output, ExitStatus Status)> capture = Children.CaptureAsync(
            new ChildStartInfo { FileName = "cat", StandardInput = pipe.Reader });

        DescriptorIO.Write(pipe.Writer, "hello"u8);
        pipe.Writer.Dispose();

        Assert.Equal("hello", (await capture).Output);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inherited_WhateverIsOpenHere_IsAllThatTheChildGets(bool useCloseFrom)
    {
        // A descriptor that anybody's native code may have made: open, and not close-on-exec.
        using Pipe leaked = Pipe.Create();
        Assert.Equal(0, Interop.Libc.fcntl(leaked.Writer, Interop.Libc.F_SETFD, 0));
        using Pipe output = Pipe.Create();
        using Pipe given = Pipe.Create();

        using ChildProcess child = LinuxChildProcess.StartNew(
            Children.Shell(ListDescriptors) with
            {
                StandardOutput = output.Writer,
                Inherited = [new InheritedDescriptor(given.Reader, 7), new InheritedDescriptor(given.Writer, 61)],
            },
            useCloseFrom);
        output.Writer.Dispose();
        using var reader = new StreamReader(new FileStream(output.Reader, FileAccess.Read));

        Assert.Equal("0 1 2 7 61 ", await reader.ReadToEndAsync(Token));
        Assert.Equal(Interop.Libc.FD_CLOEXEC, Interop.Libc.fcntl(given.Reader, Interop.Libc.F_GETFD, 0));
        _ = await child.WaitAsync(Token);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Inherited_WhenNumbersAreSwapped_ArriveAsAsked(bool useCloseFrom)
    {
        // Three pipes a, b, c; the child sees each under the number that another one has here.
        using Pipe a = Pipe.Create();
        using Pipe b = Pipe.Create();
        using Pipe c = Pipe.Create();
        int NumberOf(Pipe pipe) => (int)pipe.Writer.DangerousGetHandle();

        using ChildProcess child = LinuxChildProcess.StartNew(
            new ChildStartInfo
            {
                // dash knows descriptors of one digit only.
                FileName = "/bin/bash",
                Arguments = ["-c", $"echo a >&{NumberOf(b)}; echo b >&{NumberOf(c)}; echo c >&{NumberOf(a)}; echo out"],
                StandardOutput = c.Writer,
                Inherited =
                [
                    new InheritedDescriptor(a.Writer, NumberOf(b)),
                    new InheritedDescriptor(b.Writer, NumberOf(c)),
                    new InheritedDescriptor(c.Writer, NumberOf(a)),
                ],
            },
            useCloseFrom);

        Assert.Equal(0, (await child.WaitAsync(Token)).Code);
        Assert.Equal("a\n", ReadAll(a));
        Assert.Equal("b\n", ReadAll(b));
        Assert.Equal("c\nout\n", ReadAll(c));

        static string ReadAll(Pipe pipe)
        {
            pipe.Writer.Dispose();
            using var reader = new StreamReader(new FileStream(pipe.Reader, FileAccess.Read));
            return reader.ReadToEnd();
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Inherited_AtTheNumberItHasHere_LosesCloseOnExecInTheChildOnly()
    {
        using Pipe pipe = Pipe.Create();
        int number = (int)pipe.Writer.DangerousGetHandle();

        (string output, _) = await Children.CaptureAsync(
            Children.Shell(ListDescriptors) with { Inherited = [new InheritedDescriptor(pipe.Writer, number)] });

        Assert.Equal($"0 1 2 {number} ", output);
    }

    [Theory(Timeout = Limit)]
    [InlineData(2, "asks for number 2")]
    [InlineData(70_000, "asks for number 70000")]
    [InlineData(5, "both ask for number 5")]
    public Task Inherited_WithBadNumbers_IsRefused(int number, string message)
    {
        using Pipe pipe = Pipe.Create();

        ArgumentException e = Assert.Throws<ArgumentException>(() => ChildProcess.Start(new ChildStartInfo
        {
            FileName = "/bin/true",
            Inherited = [new InheritedDescriptor(pipe.Writer, 5), new InheritedDescriptor(pipe.Reader, number)],
        }));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task StandardOutput_WhenClosed_IsRefused()
    {
        Pipe pipe = Pipe.Create();
        pipe.Dispose();

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => ChildProcess.Start(new ChildStartInfo { FileName = "/bin/true", StandardOutput = pipe.Writer }));

        Assert.Contains("StandardOutput is closed", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RestoreSignals_DecidesWhetherSigpipeIsIgnoredInTheChild(bool restore)
    {
        const ulong Sigpipe = 1UL << 12;
        (string output, _) = await Children.CaptureAsync(
            new ChildStartInfo
            {
                FileName = "grep",
                Arguments = ["SigIgn", "/proc/self/status"],
                RestoreSignals = restore,
            });

        ulong ignored = ulong.Parse(output.Split('\t')[1], System.Globalization.NumberStyles.HexNumber, null);

        // .NET ignores SIGPIPE in this very process: the second row shows that the first one is a deed.
        Assert.Equal(restore ? 0 : Sigpipe, ignored & Sigpipe);
    }

    [Fact(Timeout = Limit)]
    public async Task RestoreSignals_WhenOthersAreIgnored_RestoresAllButThoseOfNohupAndShells()
    {
        // env ignores them; Dummy is a .NET program that starts grep with all defaults.
        (string output, _) = await Children.CaptureAsync(new ChildStartInfo
        {
            FileName = "env",
            Arguments = ["--ignore-signal=HUP,USR1,URG,RTMIN+7", Children.Dummy, "run", "grep", "SigIgn", "/proc/self/status"],
        });

        Assert.Equal("SigIgn:\t0000000000000201\nexit code 0\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Environment_WhenAVariableChangesBetweenStarts_IsTheOneOfEachStart()
    {
        string name = $"TELAR_TEST_{Guid.NewGuid():N}";
        var show = new ChildStartInfo { FileName = "sh", Arguments = ["-c", $"echo \"[${name}]\""] };
        var seen = new List<string>();
        foreach (string? value in new[] { null, "first", "other", null, "" })
        {
            Environment.SetEnvironmentVariable(name, value);
            seen.Add((await Children.CaptureAsync(show)).Output);
            seen.Add((await Children.CaptureAsync(show with { ExtraEnvironment = new Dictionary<string, string?> { [name] = "over" } })).Output);
        }

        Environment.SetEnvironmentVariable(name, null);
        Assert.Equal(
            ["[]\n", "[over]\n", "[first]\n", "[over]\n", "[other]\n", "[over]\n", "[]\n", "[over]\n", "[]\n", "[over]\n"], seen);
    }

    // In a program of its own, whose environment nobody has changed since it began.
    [Fact(Timeout = Limit)]
    public async Task Environment_OfAProgramWithManyAndOddVariables_ReachesItsChild()
    {
        const int Many = 2_000;
        var odd = new Dictionary<string, string?> { ["EMPTY"] = "", ["EQUALS"] = "a=b=", ["LINES"] = "a\nb", ["NO_TEXT"] = "a\udcffb" };
        for (int i = 0; i < Many; i++)
        {
            odd[$"MANY_{i}"] = $"{i}";
        }

        (string output, _) = await Children.CaptureAsync(new ChildStartInfo
        {
            FileName = Children.Dummy,
            Arguments = ["run", "env", "-0"],
            ExtraEnvironment = odd,
        });

        string[] variables = output.Split('\0');
        Assert.Contains("EMPTY=", variables);
        Assert.Contains("EQUALS=a=b=", variables);
        Assert.Contains("LINES=a\nb", variables);

        // A byte that is no UTF-8 is lost when .NET reads it.
        Assert.Contains("NO_TEXT=a\uFFFDb", variables);
        Assert.All(Enumerable.Range(0, Many), i => Assert.Contains($"MANY_{i}={i}", variables));
        Assert.Single(variables, static variable => variable.StartsWith("TELAR_JOB=", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task RestoreSignals_WhenThisProcessHasABlockedMask_GivesTheChildAnEmptyOne()
    {
        (string output, _) = await Children.CaptureAsync(new ChildStartInfo
        {
            FileName = "env",
            Arguments = ["--block-signal=USR1", Children.Dummy, "run", "grep", "SigBlk", "/proc/self/status"],
        });

        Assert.StartsWith("SigBlk:\t0000000000000000", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task NewProcessGroup_AndNewSession_AreWhatTheyAre()
    {
        using ChildProcess plain = Start(Sleeper() with { NewProcessGroup = false });
        using ChildProcess group = Start(Sleeper());
        using ChildProcess session = Start(Sleeper() with { NewSession = true });
        Assert.True(ProcStat.TryRead(Environment.ProcessId, out ProcStat self));
        Assert.True(ProcStat.TryRead(plain.Id, out ProcStat plainStat));
        Assert.True(ProcStat.TryRead(group.Id, out ProcStat groupStat));
        Assert.True(ProcStat.TryRead(session.Id, out ProcStat sessionStat));

        Assert.Equal((self.Group, self.Session), (plainStat.Group, plainStat.Session));
        Assert.Equal((group.Id, self.Session), (groupStat.Group, groupStat.Session));
        Assert.Equal((session.Id, session.Id), (sessionStat.Group, sessionStat.Session));
        foreach (ChildProcess child in new[] { plain, group, session })
        {
            child.KillTree();
            _ = await child.WaitAsync(Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task ArgumentZero_WhenGiven_IsTheProgramsName()
    {
        (string output, _) = await Children.CaptureAsync(
            new ChildStartInfo { FileName = "/bin/bash", ArgumentZero = "other", Arguments = ["-c", "echo $0"] });

        Assert.Equal("other\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task KillTree_WhenAGrandchildHasCleanedItsEnvironment_FindsItByItsParents()
    {
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell("""
            env -i setsid /bin/sh -c 'echo $$ >"$1"; /bin/sleep 1000 & echo $! >"$1"; wait' sh "$1" &
            wait
            """, channel.Path));
        int shell = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends
        int sleeper = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends

        child.KillTree();

        Assert.True(Children.IsDead(shell));
        Assert.True(Children.IsDead(sleeper));
        _ = await child.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task KillTree_WhileTheTreeKeepsForking_LeavesNobody()
    {
        // Each shell starts its successor in a new session, forgets its mark, and ends: a moving target.
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell("""
            run() { while :; do (setsid sleep 1000 &); done; }
            (run &) ; (run &)
            echo ready >"$1"
            sleep 1000
            """, channel.Path));
        Assert.Equal("ready", await channel.ReadLineAsync());

        child.KillTree();

        byte[] mark = System.Text.Encoding.ASCII.GetBytes(child.Job);
        Assert.DoesNotContain(
            ProcFile.NumbersIn("/proc"),
            pid => ProcFile.EnvironmentContains(pid, "TELAR_JOB="u8, mark) == true && !Children.IsDead(pid));
        _ = await child.WaitAsync(Token);
    }

    // Seen red without the second look in HasMark, in one run of three.
    [Fact(Timeout = Limit)]
    public async Task KillTree_OfAnOrphanInTheMiddleOfAnExec_FindsIt()
    {
        // It becomes the same program again and again. Nothing but its mark says whose it is, and during an exec it has none.
        string script = Path.Combine(Path.GetTempPath(), $"telar-exec-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(script, "exec /bin/sh \"$0\"\n", Token);
        try
        {
            for (int round = 0; round < 100; round++)
            {
                using var channel = new LineChannel();
                using ChildProcess child = Start(Children.Shell("""(setsid /bin/sh "$2" & echo $! >"$1")""", channel.Path, script));
                int orphan = int.Parse((await channel.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture); // never ends
                _ = await child.WaitAsync(Token);

                child.KillTree();

                bool isDead = Children.IsDead(orphan);
                if (!isDead)
                {
                    _ = Interop.Libc.kill(orphan, 9);
                }

                Assert.True(isDead, $"Round {round}: process {orphan} lives.");
            }
        }
        finally
        {
            File.Delete(script);
        }
    }

    // Seen red with SIGKILL in place of SIGSTOP: what is forked between the look and the kill then loses its parent, and
    // has no mark either.
    [Fact(Timeout = Limit)]
    public async Task KillTree_WhileProcessesWithoutAMarkKeepForking_LeavesNobody()
    {
        string unique = $"1000.{Random.Shared.NextInt64(1, long.MaxValue)}";
        using var channel = new LineChannel();
        using ChildProcess child = Start(Children.Shell("""
            env -i setsid /bin/sh -c 'n=0; while [ $n -lt 3000 ]; do /bin/sleep "$1" & n=$((n+1)); done; wait' sh "$2" &
            echo ready >"$1"
            wait
            """, channel.Path, unique));
        Assert.Equal("ready", await channel.ReadLineAsync());
        while (Having(unique).Count < 20)
        {
            await Task.Yield();
        }

        child.KillTree();

        Assert.Empty(Having(unique));
        _ = await child.WaitAsync(Token);

        static List<int> Having(string argument)
        {
            byte[] text = System.Text.Encoding.ASCII.GetBytes(argument);
            byte[] buffer = new byte[1024];
            return [.. ProcFile.NumbersIn("/proc").Where(pid =>
                ProcFile.Read(pid, "cmdline", buffer) is > 0 and int length
                && buffer.AsSpan(0, length).IndexOf(text) >= 0
                && !Children.IsDead(pid))];
        }
    }

    // Seen red with posix_spawn on the calling thread: the child then dies with the thread.
    [Fact(Timeout = Limit)]
    public async Task Start_WhenTheCallingThreadEnds_LeavesAChildAliveThatDiesWithItsParent() =>
        Assert.Equal(-9, (await EndTheStartingThreadAsync(spawnOnCallingThread: false)).Code);

    [Fact(Timeout = Limit)]
    public async Task Start_OnTheCallingThread_BindsAChildThatDiesWithItsParentToTheThread() =>
        Assert.True((await EndTheStartingThreadAsync(spawnOnCallingThread: true)).IsSignal);

    // The status of a child that is killed at last, or by the end of the thread.
    private async Task<ExitStatus> EndTheStartingThreadAsync(bool spawnOnCallingThread)
    {
        using Pipe pipe = Pipe.Create();
        using var gate = new ManualResetEventSlim();
        ChildProcess? child = null;
        var thread = new Thread(() =>
        {
            child = Start(new ChildStartInfo
            {
                FileName = Children.Dummy,
                Arguments = ["die-with-parent"],
                StandardOutput = pipe.Writer,
                SpawnOnCallingThread = spawnOnCallingThread,
            });
            gate.Wait(CancellationToken.None);
        });
        var buffer = new byte[6];
        thread.Start();
        await Task.Run(() => DescriptorIO.TryReadExactly(pipe.Reader, buffer), Token).WaitAsync(Token);
        Assert.Equal("ready\n"u8, buffer);

        gate.Set();
        thread.Join();

        Assert.NotNull(child);
        using (child)
        {
            // Without a thread of its own the child must end by itself; with it, it must not.
            TimeSpan patience = TimeSpan.FromMilliseconds(spawnOnCallingThread ? 10_000 : 300);
            Assert.Equal(spawnOnCallingThread, child.Wait(patience, Token));
            child.KillTree();
            return await child.WaitAsync(Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Start_FromInterruptedThread_StillReturnsTheChild()
    {
        ChildProcess? child = null;
        bool interrupted = false;
        var thread = new Thread(() =>
        {
            Thread.CurrentThread.Interrupt();
            child = Start(Children.Shell("exit 4"));
            try
            {
                _ = child.Exited.Wait(TimeSpan.FromSeconds(20));
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        });
        thread.Start();
        thread.Join();

        Assert.NotNull(child);
        Assert.Equal(4, (await child.WaitAsync(Token)).Code);
        Assert.True(interrupted || child.HasExited);
        child.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task Start_From4ThreadsAtOnce_LeavesNoDescriptorAndNoZombie()
    {
        await WarmUpAsync();
        int descriptors = Children.OpenDescriptors();

        int[] codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            () =>
            {
                int wrong = 0;
                for (int i = 0; i < 50; i++)
                {
                    using Pipe pipe = Pipe.Create();
                    using ChildProcess child = Start(Children.Shell($"exit {i}") with { StandardOutput = pipe.Writer });
                    wrong += child.Wait(Timeout.InfiniteTimeSpan) && child.Status?.Code == i ? 0 : 1;
                }

                return wrong;
            },
            Token)));

        Assert.Equal([0, 0, 0, 0], codes);
        Assert.Equal(descriptors, Children.OpenDescriptors());
        Assert.Empty(Children.Zombies());
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_BeforeTheEnd_ClosesTheDescriptorAtTheEnd()
    {
        await WarmUpAsync();
        int descriptors = Children.OpenDescriptors();
        var children = new List<ChildProcess>();
        for (int i = 0; i < 20; i++)
        {
            children.Add(Start(Sleeper()));
        }

        foreach (ChildProcess child in children)
        {
            child.Dispose();
            Assert.Equal(0, Interop.Libc.kill(child.Id, 9));
        }

        _ = await Task.WhenAll(children.Select(child => child.Exited)).WaitAsync(Token);
        Assert.Equal(descriptors, Children.OpenDescriptors());
    }

    [Fact(Timeout = Limit)]
    public async Task Start_When1000Fail_LeavesNoDescriptorAndNoZombie()
    {
        await WarmUpAsync();
        DescriptorCount before = DescriptorCount.Take();
        using Pipe pipe = Pipe.Create();
        int number = (int)pipe.Writer.DangerousGetHandle();

        for (int i = 0; i < 1000; i++)
        {
            // The one number is in the way of the other: each start makes a copy too.
            _ = Assert.Throws<FileNotFoundException>(() => Start(new ChildStartInfo
            {
                FileName = "/no/such/program",
                StandardOutput = pipe.Writer,
                Inherited = [new InheritedDescriptor(pipe.Reader, number)],
            }));
        }

        Assert.False(pipe.Writer.IsClosed);
        pipe.Dispose();
        before.AssertNoMore();
        Assert.Empty(Children.Zombies());
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WhenThereAreNoDescriptorsLeft_FailsAndLeavesNoChild()
    {
        await WarmUpAsync();
        string script = "ulimit -n 60; exec \"$0\" exhaust";
        (string output, _) = await Children.CaptureAsync(
            new ChildStartInfo { FileName = "/bin/sh", Arguments = ["-c", script, Children.Dummy] });

        Assert.Equal("EMFILE refused, 0 children left\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Exited_Of100Children_NeedsNoThreadForEach()
    {
        await WarmUpAsync();
        int threads = Children.Threads();
        var children = new List<ChildProcess>();
        for (int i = 0; i < 100; i++)
        {
            children.Add(Start(Sleeper()));
        }

        Task<ExitStatus[]> all = Task.WhenAll(children.Select(child => child.Exited));

        Assert.InRange(Children.Threads() - threads, -10, 10);
        foreach (ChildProcess child in children)
        {
            child.Signal(15);
        }

        Assert.All(await all.WaitAsync(Token), status => Assert.Equal(-15, status.Code));
        children.ForEach(child => child.Dispose());
        Assert.Empty(Children.Zombies());
    }

    [Fact(Timeout = Limit)]
    public async Task Exited_ContinuationsThatBlock_DoNotStopTheWatcher()
    {
        using ChildProcess first = Start(Sleeper());
        using ChildProcess second = Start(Sleeper());
        using var gate = new ManualResetEventSlim();
        string? name = "none";
        Task blocked = first.Exited.ContinueWith(
            _ =>
            {
                name = Thread.CurrentThread.Name;
                gate.Wait(Token);
            },
            Token,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        first.Signal(9);
        second.Signal(9);

        Assert.Equal(-9, (await second.Exited.WaitAsync(Token)).Code);
        gate.Set();
        await blocked.WaitAsync(Token);
        Assert.NotEqual("Telar descriptor watcher", name);
    }

    [Fact(Timeout = Limit)]
    public async Task Exited_WhenNobodyHoldsTheChild_IsReapedAllTheSame()
    {
        int pid = StartAndForget();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, Interop.Libc.kill(pid, 9));

        while (ProcStat.TryRead(pid, out _))
        {
            await Task.Delay(5, Token);
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        int StartAndForget() => Start(Sleeper()).Id;
    }

    [Fact(Timeout = Limit)]
    public async Task Exited_BesideChildrenOfSystemDiagnosticsProcess_IsRightForBoth()
    {
        Task<bool> theirs = Task.Run(
            () =>
            {
                bool right = true;
                for (int i = 0; i < 30; i++)
                {
                    using Process process = Process.Start("/bin/sh", ["-c", $"exit {i}"]);
                    right &= process.WaitForExit(10_000) && process.ExitCode == i;
                }

                return right;
            },
            Token);
        var ours = new List<int>();
        for (int i = 0; i < 60; i++)
        {
            using ChildProcess child = Start(Children.Shell($"exit {i}"));
            ours.Add((await child.WaitAsync(Token)).Code);
        }

        Assert.Equal(Enumerable.Range(0, 60), ours);
        Assert.True(await theirs.WaitAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Exited_WhenOtherCodeReapsFirst_IsRecoveredOrLostButNeverWrong()
    {
        // A thread that waits in the kernel wins against the watcher every few times: until it has won five times.
        int stolen = 0;
        for (int i = 0; i < 400 && stolen < 5; i++)
        {
            using ChildProcess child = Start(Sleeper());
            Task<bool> thief = Task.Factory.StartNew(
                () => Steal(child.Id), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Yield();
            child.Signal(i % 2 == 0 ? 9 : 15);
            ExitStatus status = await child.WaitAsync(Token);
            bool won = await thief;
            stolen += won ? 1 : 0;
            Assert.True(status.Code == (i % 2 == 0 ? -9 : -15) || (won && status.IsLost), $"stolen {won}: {status}");
        }

        Assert.SkipWhen(stolen == 0, "The watcher was always first.");

        static unsafe bool Steal(int pid)
        {
            const int P_PID = 1;
            Interop.Libc.ChildStatus status;
            return Interop.Libc.syscall(247, P_PID, pid, (nint)(&status), Interop.Libc.WEXITED, 0) == 0;
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("process-first")]
    [InlineData("observe-sigchld")]
    [InlineData("nothing-first")]
    public async Task Exited_WhenThisProcessIsProcess1_IsTold(string order)
    {
        Assert.SkipUnless(
            (await Children.CaptureAsync(Unshare("/bin/true"))).Status.IsSuccess,
            "'unshare --pid --fork --mount-proc' is not permitted here (it needs CAP_SYS_ADMIN).");

        // Seen red without ChildSignals.Hold: one in ten is lost under load, and with it one in some hundreds, unless the
        // C library has pidfd_spawn.
        (string output, ExitStatus status) = await Children.CaptureAsync(Unshare(Children.Dummy, "many", "100", order));

        Assert.Matches("^pid 1: (97|98|99|100) right, 0 wrong, [0-3] lost\n$", output);
        Assert.True(status.IsSuccess);

        static ChildStartInfo Unshare(params string[] command) =>
            new() { FileName = "unshare", Arguments = ["--pid", "--fork", "--mount-proc", .. command] };
    }

    // Seen red without ChildSignals.KeepStatuses: under the fallback Process then waits for ever. (It does so, too, when it
    // is used before the first start by this library: that is not ours to mend, and not tested.)
    [Theory(Timeout = Limit)]
    [InlineData("nothing-first")]
    [InlineData("observe-sigchld")]
    [InlineData("fallback")]
    public async Task Exited_WhenSigchldWasInheritedIgnored_IsTold(string order)
    {
        (string output, _) = await Children.CaptureAsync(new ChildStartInfo
        {
            FileName = "env",
            Arguments = ["--ignore-signal=CHLD", Children.Dummy, "many", "40", order],
        });

        Assert.EndsWith(": 40 right, 0 wrong, 0 lost\n", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Status_OfAChild_HasTimesAndOnlyAPeakOfItsOwn()
    {
        using ChildProcess small = Start(new ChildStartInfo { FileName = "/bin/true" });

        // dd touches a buffer of 700 MB.
        const long Size = 700_000_000;
        using ChildProcess large = Start(new ChildStartInfo
        {
            FileName = "dd",
            Arguments = ["if=/dev/zero", "of=/dev/null", $"bs={Size}", "count=1", "status=none"],
        });

        ExitStatus smallStatus = await small.WaitAsync(Token);
        ExitStatus largeStatus = await large.WaitAsync(Token);

        Assert.Null(smallStatus.MaxResidentBytes);
        if (largeStatus.MaxResidentBytes is { } peak)
        {
            Assert.InRange(peak, Size - 100_000_000, Size + 200_000_000);
        }
        else
        {
            // Hidden, which is right only if this process, where other tests run too, has been as large itself.
            Assert.True(OwnPeak() > Size - 100_000_000, $"No peak of a child of {Size} bytes, although this process never had more than {OwnPeak()}.");
        }

        Assert.True(largeStatus.SystemTime > TimeSpan.Zero);
        Assert.InRange(largeStatus.UserTime!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static long OwnPeak() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);

    private static ChildStartInfo Sleeper() => new() { FileName = "/bin/sleep", Arguments = ["1000"] };

    // The two threads, the epoll set and the descriptors that the runtime opens at the first use of one thing or another.
    private async Task WarmUpAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            using Pipe pipe = Pipe.Create();
            using ChildProcess child = Start(new ChildStartInfo { FileName = "/bin/true", StandardOutput = pipe.Writer });
            _ = await child.WaitAsync(Token);
        }

        _ = Assert.Throws<FileNotFoundException>(() => Start(new ChildStartInfo { FileName = "/no/such/program" }));
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
