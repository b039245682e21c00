using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Launching;

/// <summary>
/// Where the standard streams of a child lead. Seen red with: a closed pipe as the null device; standard error opened anew by path, or
/// with a pipe of its own, where it is merged; PipeSize left out; pipes that are not close-on-exec.
/// </summary>
[Collection(ChildProcessGroup.Name)]
public sealed class LauncherStreamsTests : IDisposable
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
    public async Task Start_WithPipesForAll_GivesOurEnds()
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("cat; echo err >&2"),
            new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe, Stderr = Stdio.Pipe });
        Assert.NotNull(child.Stdin);
        Assert.NotNull(child.Stdout);
        Assert.NotNull(child.Stderr);
        Assert.Null(child.Terminal);
        DescriptorIO.Write(child.Stdin, "in"u8);
        child.Stdin.Dispose();

        Assert.Equal("in", await Launches.ReadAsync(child.Stdout));
        Assert.Equal("err\n", await Launches.ReadAsync(child.Stderr));
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithDevNull_ReadsNothingAndForgets()
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("cat && head -c 100000 /dev/zero && test /proc/$$/fd/0 -ef /dev/null"),
            new PopenOptions { Stdin = Stdio.DevNull, Stdout = Stdio.DevNull, Stderr = Stdio.DevNull });

        Assert.Null(child.Stdin);
        Assert.Null(child.Stdout);
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithFiles_ReadsTruncatesAndAppends()
    {
        string input = Path.Combine(_folder.FullName, "in");
        string output = Path.Combine(_folder.FullName, "out");
        string error = Path.Combine(_folder.FullName, "err");
        await File.WriteAllTextAsync(input, "given\n", Token);
        await File.WriteAllTextAsync(output, "what was there before, and is long", Token);
        await File.WriteAllTextAsync(error, "first\n", Token);

        (_, int code) = await Launches.RunAsync(
            CommandLine.Shell("cat; echo second >&2; echo third >>\"$0\"; echo fourth >&2", error),
            new PopenOptions { Stdin = Stdio.File(input), Stdout = Stdio.File(output), Stderr = Stdio.File(error, append: true) });

        Assert.Equal(0, code);
        Assert.Equal("given\n", await File.ReadAllTextAsync(output, Token));

        // Each write goes to the end as it is then, also when somebody else has written meanwhile.
        Assert.Equal("first\nsecond\nthird\nfourth\n", await File.ReadAllTextAsync(error, Token));
    }

    [Fact(Timeout = Limit)]
    public Task Start_WithAFileThatIsNotThere_NamesItAndTheStream()
    {
        FileNotFoundException missing = Assert.Throws<FileNotFoundException>(
            () => Launcher.Start("cat", new PopenOptions { Stdin = Stdio.File("/no/such/input"), Stdout = Stdio.Pipe }));
        FileNotFoundException folder = Assert.Throws<FileNotFoundException>(
            () => Launcher.Start("cat", new PopenOptions { Stdout = Stdio.Pipe, Stderr = Stdio.File("/no/such/output") }));
        IOException directory = Assert.Throws<IOException>(
            () => Launcher.Start("cat", new PopenOptions { Stdout = Stdio.File(_folder.FullName) }));

        Assert.Equal("/no/such/input", missing.FileName);
        Assert.Contains("Cannot start 'cat': opening '/no/such/input' for Stdin failed: ENOENT", missing.Message, StringComparison.Ordinal);
        Assert.Contains("for Stderr", folder.Message, StringComparison.Ordinal);
        Assert.Contains("EISDIR", directory.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithMergedError_KeepsTheOrderOfTheChild()
    {
        (string output, _) = await Launches.RunAsync(
            CommandLine.Shell("for i in 1 2 3; do echo out $i; echo err $i >&2; done"),
            new PopenOptions { Stdout = Stdio.Pipe, Stderr = Stdio.Stdout });

        Assert.Equal("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n", output);
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithErrorMergedIntoAFile_WritesBothThere()
    {
        string output = Path.Combine(_folder.FullName, "out");

        _ = await Launches.RunAsync(
            CommandLine.Shell("echo out; echo err >&2; echo out"),
            new PopenOptions { Stdout = Stdio.File(output), Stderr = Stdio.Stdout });

        Assert.Equal("out\nerr\nout\n", await File.ReadAllTextAsync(output, Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithErrorMergedIntoTheInheritedOutput_SendsItThere()
    {
        // The parent whose standard output is inherited is the dummy: its output is in a pipe, its error in another.
        using LaunchedChild child = Launcher.Start(
            [Launches.Dummy, "relay", "i", "i", "m", "echo out; echo err >&2; echo out"],
            new PopenOptions { Stdout = Stdio.Pipe, Stderr = Stdio.Pipe });

        Assert.Equal("out\nerr\nout\n", await Launches.ReadAsync(child.Stdout!)); // a pipe was asked for
        Assert.Equal("", await Launches.ReadAsync(child.Stderr!)); // as above
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithOneHandleForThree_GivesItToEachAndLeavesItOpen()
    {
        using SocketPair pair = SocketPair.Create();
        (SafeHandle ours, SafeHandle theirs) = (pair.Mine, pair.Theirs);
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("read x; echo got $x; echo err >&2"),
            new PopenOptions { Stdin = Stdio.Handle(theirs), Stdout = Stdio.Handle(theirs), Stderr = Stdio.Handle(theirs) });
        DescriptorIO.Write(ours, "word\n"u8);
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
        Assert.False(theirs.IsClosed);
        byte[] buffer = new byte["got word\nerr\n".Length];
        Assert.True(DescriptorIO.TryReadExactly(ours, buffer));
        Assert.Equal("got word\nerr\n"u8, buffer);
    }

    // The places of the three files here, as the child's 0, 1 and 2: every swap, and two streams in one. Guards the copy of
    // a source that is another's target.
    [Fact(Timeout = Limit)]
    public async Task Start_WithTheStandardThreeSwapped_GivesEachItsOwn()
    {
        string folder = _folder.FullName;
        string report = Path.Combine(folder, "report");
        (_, int code) = await Launches.RunAsync(CommandLine.Shell(
            "cd \"$1\"; touch a b c; exec \"$2\" swap a b c report 0<>a 1<>b 2<>c", "sh", folder, Launches.Dummy));

        Assert.Equal(0, code);
        string[] lines = await File.ReadAllLinesAsync(report, Token);
        Assert.Equal(12, lines.Length);
        Assert.All(lines, static line => Assert.EndsWith(" right", line, StringComparison.Ordinal));
    }

    [Theory(Timeout = Limit)]
    [InlineData("0<&-")]
    [InlineData("1>&-")]
    [InlineData("2>&-")]
    [InlineData("0<&- 1>&-")]
    [InlineData("0<&- 2>&-")]
    [InlineData("1>&- 2>&-")]
    [InlineData("0<&- 1>&- 2>&-")]
    public async Task Start_WhenStandardStreamsAreClosedHere_GivesTheChildItsPipes(string closed)
    {
        string report = Path.Combine(_folder.FullName, "report");
        (_, int code) = await Launches.RunAsync(CommandLine.Shell(
            "exec \"$1\" relay p p p 'read x; echo out $x; echo err $x >&2' \"$2\" " + closed, "sh", Launches.Dummy, report));

        Assert.Equal(0, code);
        Assert.Equal("out word\nerr word\n", await File.ReadAllTextAsync(report, Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WithATarget_ThatWeRead_MakesAPipe()
    {
        using var memory = new MemoryStream();
        Stdio[] targets = [Stdio.Stream(memory), Stdio.Lines(static _ => { }), Stdio.Tee(Stdio.Inherit, Stdio.Pipe)];
        foreach (Stdio target in targets)
        {
            using LaunchedChild child = Launcher.Start(CommandLine.Shell("echo x"), new PopenOptions { Stdout = target });
            Assert.Equal("x\n", await Launches.ReadAsync(child.Stdout!)); // that is the claim
            Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
        }
    }

    [Fact(Timeout = Limit)]
    public Task Start_WithAChoiceThatIsNotForTheStream_IsRefused()
    {
        using var memory = new MemoryStream();
        foreach (Stdio choice in (Stdio[])[Stdio.Stdout, Stdio.Stream(memory), Stdio.Lines(static _ => { }), Stdio.Tee(Stdio.Pipe)])
        {
            ArgumentException input = Assert.Throws<ArgumentException>(
                () => Launcher.Start("cat", new PopenOptions { Stdin = choice }));
            Assert.Contains("Cannot start 'cat': Stdin cannot be Stdio.", input.Message, StringComparison.Ordinal);
        }

        ArgumentException output = Assert.Throws<ArgumentException>(
            () => Launcher.Start("cat", new PopenOptions { Stdout = Stdio.Stdout }));
        Assert.Contains("Set it as Stderr", output.Message, StringComparison.Ordinal);
        var closed = new SafeFileHandle(-1, ownsHandle: false);
        ArgumentException handle = Assert.Throws<ArgumentException>(
            () => Launcher.Start("cat", new PopenOptions { Stderr = Stdio.Handle(closed) }));
        Assert.Contains("the handle of Stderr is closed or invalid", handle.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task PipeSize_WhenGiven_IsThatOfEachPipe()
    {
        using LaunchedChild child = Launcher.Start(
            "cat", new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe, Stderr = Stdio.Pipe, PipeSize = 5000 });
        foreach (SafeHandle? end in (SafeHandle?[])[child.Stdin, child.Stdout, child.Stderr])
        {
            Assert.Equal(8192, Interop.Libc.fcntl(end!, Interop.Libc.F_GETPIPE_SZ, 0)); // pipes were asked for
        }

        child.Stdin!.Dispose(); // as above
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
        Assert.Throws<ArgumentOutOfRangeException>(() => Launcher.Start("cat", new PopenOptions { PipeSize = 0 }));
    }

    // Guards against pipes that are not close-on-exec.
    [Fact(Timeout = Limit)]
    public async Task Start_OfTwoChildren_LeaksNoPipeOfTheOne_IntoTheOther()
    {
        var options = new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe };
        using LaunchedChild first = Launcher.Start("cat", options);
        using LaunchedChild second = Launcher.Start("cat", options with { CloseFds = false });

        first.Stdin!.Dispose(); // a pipe was asked for

        Assert.Equal(0, (await first.Process.WaitAsync(Token)).Code);
        second.Stdin!.Dispose(); // as above
        Assert.Equal(0, (await second.Process.WaitAsync(Token)).Code);
    }
}
