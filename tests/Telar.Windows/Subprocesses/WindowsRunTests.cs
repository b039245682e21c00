using System.Diagnostics;
using System.Globalization;
using System.Text;
using Telar.Subprocesses;

namespace Telar.Windows.Subprocesses;

/// <summary>Whole runs: input, output, limits of time, cancellation, and how they end.</summary>
public sealed class WindowsRunTests
{
    [Fact(Timeout = Children.Limit)]
    public async Task Run_WithInput_CapturesWhatTheChildMakesOfIt()
    {
        string text = string.Concat(Enumerable.Repeat("a line of text, 織機\n", 20_000));

        CompletedProcess waited = Subprocess.Run(Children.Command("cat"), captureOutput: true, input: text, cancellationToken: Children.Token);
        CompletedProcess awaited = await Subprocess.RunAsync(
            Children.Command("cat"), captureOutput: true, input: text, cancellationToken: Children.Token);

        Assert.Equal(text, waited.Stdout.Text);
        Assert.Equal(text, awaited.Stdout.Text);
        Assert.Equal(0, waited.ReturnCode);
        Assert.NotNull(awaited.Usage);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Run_OfAChildThatReadsNothing_IsNoErrorWhateverTheInput()
    {
        CompletedProcess process = await Subprocess.RunAsync(
            Children.Command("exit", "3"), captureOutput: true, input: new string('x', 1_000_000), cancellationToken: Children.Token);

        Assert.Equal(3, process.ReturnCode);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Run_OfBothStreamsAtOnce_TakesAllOfBoth()
    {
        CompletedProcess process = await Subprocess.RunAsync(
            Children.Command("both", "100000"), captureOutput: true, cancellationToken: Children.Token);

        Assert.Equal(100_000, process.Stdout.Length);
        Assert.Equal(100_000, process.Stderr.Length);
        Assert.True(process.Stdout.Bytes.Span.IndexOfAnyExcept((byte)'o') < 0);
    }

    [Fact(Timeout = Children.Limit)]
    public Task Run_WithCheck_ThrowsWithTheCodeOfWindows()
    {
        CalledProcessException e = Assert.Throws<CalledProcessException>(() => Subprocess.Run(
            Children.Command("exit", unchecked((int)0xC0000005).ToString(CultureInfo.InvariantCulture)),
            check: true,
            cancellationToken: Children.Token));

        Assert.Equal(unchecked((int)0xC0000005), e.ReturnCode);
        Assert.Equal(Signal.None, e.Signal);
        Assert.Contains("0xC0000005", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Theory(Timeout = Children.Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_BeyondItsTime_StopsTheTreeAndKeepsTheOutput(bool isAsync)
    {
        var options = new RunOptions { CaptureOutput = true, Timeout = TimeSpan.FromSeconds(5) };
        CommandLine command = Children.Command("tree", "sleep");

        TimeoutExpiredException e = isAsync
            ? await Assert.ThrowsAsync<TimeoutExpiredException>(() => Subprocess.RunAsync(command, options, Children.Token))
            : Assert.Throws<TimeoutExpiredException>(() => Subprocess.Run(command, options, Children.Token));

        int grandchild = int.Parse(e.Stdout.Text.Trim(), CultureInfo.InvariantCulture);
        await Children.WaitForEndAsync(grandchild);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Run_ThatIsCancelled_StopsTheTree()
    {
        using var stop = new CancellationTokenSource();
        int grandchild = 0;
        var options = new RunOptions
        {
            Stdout = Stdio.Lines(line =>
            {
                grandchild = int.Parse(line, CultureInfo.InvariantCulture);
                stop.Cancel();
            }),
        };

        SubprocessCanceledException e = await Assert.ThrowsAsync<SubprocessCanceledException>(
            () => Subprocess.RunAsync(Children.Command("tree", "sleep"), options, stop.Token));

        Assert.NotEqual(0, grandchild);
        Assert.Equal(Children.Program, e.Cmd.FileName);
        await Children.WaitForEndAsync(grandchild);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Run_OfAChildWhoseChildHoldsThePipe_ReturnsAndSaysSo()
    {
        CompletedProcess process = await Subprocess.RunAsync(
            Children.Command("leave"), captureOutput: true, cancellationToken: Children.Token);

        Assert.Equal(0, process.ReturnCode);
        Assert.True(process.Stdout.IsHeld);
        int holder = int.Parse(process.Stdout.Text.Split("\r\n")[0], CultureInfo.InvariantCulture);
        using Process left = Process.GetProcessById(holder);
        left.Kill();
        await left.WaitForExitAsync(Children.Token);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Communicate_AfterATimeout_GivesTheWhole()
    {
        await using var child = new Popen(
            Children.Command("cat"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });
        var wait = new TaskCompletionSource();
        Input pieces = Input.FromPieces(PiecesAsync(wait.Task));

        await Assert.ThrowsAsync<TimeoutExpiredException>(
            () => child.CommunicateAsync(pieces, TimeSpan.FromMilliseconds(50), Children.Token));
        Assert.False(child.HasExited);
        wait.SetResult();
        (CapturedOutput stdout, _) = await child.CommunicateAsync(cancellationToken: Children.Token);

        Assert.Equal("one two", stdout.Text);
        Assert.Equal(0, await child.WaitAsync(cancellationToken: Children.Token));

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(Task until)
        {
            yield return "one "u8.ToArray();
            await until;
            yield return "two"u8.ToArray();
        }
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Popen_StreamsOfBothKinds_Work()
    {
        await using var child = new Popen(
            Children.Command("cat"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });

        child.Stdin!.Write("one\n"u8); // a pipe was asked for
        child.Stdin.Flush();
        byte[] room = new byte[4];
        child.Stdout!.ReadExactly(room); // a pipe was asked for
        await child.Stdin.WriteAsync("two\n"u8.ToArray(), Children.Token);
        await child.Stdin.FlushAsync(Children.Token);
        string second = "";
        while (second.Length < 4)
        {
            int count = await child.Stdout.ReadAsync(room, Children.Token);
            second += Encoding.ASCII.GetString(room, 0, count);
        }

        child.Stdin.Close();
        Assert.Equal("two\n", second);
        Assert.Equal(0, await child.WaitAsync(cancellationToken: Children.Token));
        Assert.Equal(0, child.Poll());
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Dispose_OfARunningChild_StopsItsTree()
    {
        var child = new Popen(Children.Command("tree", "sleep"), new PopenOptions { Stdin = Stdio.DevNull, Stdout = Stdio.Pipe });
        string? line = await child.StdoutText!.ReadLineAsync(Children.Token); // a pipe was asked for

        await child.DisposeAsync();

        await Children.WaitForEndAsync(int.Parse(line ?? "", CultureInfo.InvariantCulture));
    }

    [Fact(Timeout = Children.Limit)]
    public Task GetStatusOutput_IsOfCmd()
    {
        Assert.Equal((4, "one\ntwo"), Subprocess.GetStatusOutput("(echo one& echo two)& exit 4", cancellationToken: Children.Token));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Children.Limit)]
    public async Task Stream_GivesLinesAsTheyCome()
    {
        var lines = new List<string>();

        await foreach (OutputLine line in Subprocess.Stream(Children.Command("tree", "exit"), cancellationToken: Children.Token))
        {
            lines.Add(line.Text);
        }

        using Process left = Process.GetProcessById(int.Parse(Assert.Single(lines), CultureInfo.InvariantCulture));
        left.Kill();
        await left.WaitForExitAsync(Children.Token);
    }

    [Fact(Timeout = Children.Limit)]
    public async Task RunPipeline_JoinsChildrenWithoutACopy()
    {
        CompletedPipeline pipeline = await Subprocess.RunPipelineAsync(
            Children.Command("flood", "1000000") | Children.Command("cat") | Children.Command("cat"),
            captureOutput: true,
            cancellationToken: Children.Token);

        Assert.Equal(1_000_000, pipeline.Stdout.Length);
        Assert.Equal([0, 0, 0], pipeline.ReturnCodes);
    }
}
