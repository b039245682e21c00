using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Subprocesses;
using Telar.Subprocesses.Launching;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Launching;

/// <summary>Children with a terminal of their own.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class PseudoTerminalTests : IDisposable
{
    private const int Limit = 30_000;

    private static readonly PopenOptions s_terminal = new() { Pty = new PtyOptions { Columns = 101, Rows = 33, Echo = false } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Assert.Empty(Children.Mine());

    [Fact(Timeout = Limit)]
    public async Task Pty_IsTheTerminalOfAllThreeStreams()
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("test -t 0 && test -t 1 && test -t 2 && stty size && echo err >&2 && tty"), s_terminal);

        Assert.NotNull(child.Terminal);
        Assert.Null(child.Stdin);
        Assert.Null(child.Stdout);
        Assert.Null(child.Stderr);
        Assert.Matches("^33 101\r\nerr\r\n/dev/pts/[0-9]+\r\n$", await ReadToEndAsync(child.Terminal));
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    // Guards the open of the terminal in the child: without it none controls the child. Red in one run of several while the child
    // whose streams lead elsewhere did not keep it open.
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pty_ControlsTheChild_AlsoWhenNoStreamLeadsThere(bool redirected)
    {
        PopenOptions options = redirected
            ? s_terminal with { Stdin = Stdio.DevNull, Stdout = Stdio.DevNull, Stderr = Stdio.DevNull }
            : s_terminal;
        using LaunchedChild child = Launcher.Start(CommandLine.Shell("echo to the terminal >/dev/tty; exec sleep 1000"), options);
        Assert.Equal("to the terminal\r\n", await ReadLineAsync(child.Terminal!)); // it was asked for
        Assert.True(ProcStat.TryRead(child.Process.Id, out ProcStat stat));
        Assert.Equal((child.Process.Id, child.Process.Id), (stat.Group, stat.Session));

        // Ctrl-C.
        DescriptorIO.Write(child.Terminal!, "\u0003"u8); // as above

        Assert.Equal(-2, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Pty_WithPipesAskedFor_StaysTheTerminal_AndOtherTargetsAreTheirOwn()
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("read x; echo out $x; echo err >&2"),
            s_terminal with { Stdin = Stdio.Pipe, Stdout = Stdio.Inherit, Stderr = Stdio.Lines(static _ => { }) });
        Assert.Null(child.Stdin);
        Assert.Null(child.Stdout);
        DescriptorIO.Write(child.Terminal!, "word\n"u8); // it was asked for

        Assert.Equal("err\n", await Launches.ReadAsync(child.Stderr!)); // lines are read from a pipe
        Assert.Equal("out word\r\n", await ReadToEndAsync(child.Terminal!)); // as above
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    [Theory(Timeout = Limit)]
    [InlineData(true, "word\r\ngot word\r\n")]
    [InlineData(false, "got word\r\n")]
    public async Task Echo_DecidesWhetherTheInputComesBack(bool echo, string expected)
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("read x; echo got $x"), s_terminal with { Pty = new PtyOptions { Echo = echo } });
        DescriptorIO.Write(child.Terminal!, "word\n"u8); // it was asked for

        Assert.Equal(expected, await ReadToEndAsync(child.Terminal!)); // as above
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task ResizeTerminal_TellsTheChild()
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("echo ready; read x; stty size; exec sleep 1000"), s_terminal);
        Assert.Equal("ready\r\n", await ReadLineAsync(child.Terminal!)); // it was asked for

        child.ResizeTerminal(120, 40);

        DescriptorIO.Write(child.Terminal!, "\n"u8); // as above
        Assert.Equal("40 120\r\n", await ReadLineAsync(child.Terminal!)); // as above
        Assert.Throws<ArgumentOutOfRangeException>(() => child.ResizeTerminal(0, 40));
        Assert.Throws<ArgumentOutOfRangeException>(() => child.ResizeTerminal(80, 65_536));
        child.Process.Signal(9);
        Assert.Equal(-9, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task ResizeTerminal_WithoutOne_SaysHowToGetOne()
    {
        using LaunchedChild child = Launcher.Start("true", new PopenOptions());

        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => child.ResizeTerminal(80, 24));

        Assert.Contains("Start it with the option Pty", e.Message, StringComparison.Ordinal);
        _ = await child.Process.WaitAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Terminal_WhenClosed_HangsTheChildUp()
    {
        using LaunchedChild child = Launcher.Start(["sleep", "1000"], s_terminal);

        child.Terminal!.Dispose(); // it was asked for

        Assert.Equal(-1, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Pty_WithAUser_AndTheHelper_IsTheTerminalToo()
    {
        using LaunchedChild child = Launcher.Start(
            CommandLine.Shell("umask; stty size </dev/tty"), s_terminal with { Umask = UnixFileMode.OtherWrite });

        Assert.Equal("0002\r\n33 101\r\n", await ReadToEndAsync(child.Terminal!)); // it was asked for
        Assert.Equal(0, (await child.Process.WaitAsync(Token)).Code);
    }

    [Fact(Timeout = Limit)]
    public async Task Start_WhenManyFailWithATerminal_LeavesNothing()
    {
        _ = Assert.Throws<FileNotFoundException>(() => Launcher.Start("/no/such/program", s_terminal));
        DescriptorCount before = DescriptorCount.Take();
        for (int i = 0; i < 100; i++)
        {
            _ = Assert.Throws<FileNotFoundException>(() => Launcher.Start("/no/such/program", s_terminal));
        }

        before.AssertNoMore();
        Assert.Throws<ArgumentOutOfRangeException>(() => Launcher.Start("true", new PopenOptions { Pty = new PtyOptions { Columns = 0 } }));
        await Task.CompletedTask;
    }

    private static async Task<string> ReadToEndAsync(SafeFileHandle terminal) =>
        await Task.Run(() => Read(terminal, static _ => false), Token).WaitAsync(Token);

    private static async Task<string> ReadLineAsync(SafeFileHandle terminal) =>
        await Task.Run(() => Read(terminal, static text => text[^1] == '\n'), Token).WaitAsync(Token);

    private static string Read(SafeFileHandle terminal, Predicate<StringBuilder> isEnough)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[1];
        try
        {
            while (DescriptorIO.Read(terminal, buffer) > 0)
            {
                text.Append((char)buffer[0]);
                if (isEnough(text))
                {
                    break;
                }
            }
        }
        catch (IOException e) when (e.HResult == EIO)
        {
            // Nobody has the other side any more.
        }

        return text.ToString();
    }

    private const int EIO = 5;
}
