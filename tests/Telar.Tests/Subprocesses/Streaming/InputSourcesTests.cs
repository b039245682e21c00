using Microsoft.Win32.SafeHandles;
using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses.Streaming;

/// <summary>What a child can read from, and one output for both of its streams.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class InputSourcesTests : NothingLeftBehind
{
    private const int Limit = 60_000;
    private const int MergedRuns = 50;

    [Fact(Timeout = Limit)]
    public async Task Stdin_FromAFileAHandleAndAStream_IsItsContent()
    {
        string path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "content", Token);
        using (SafeFileHandle handle = File.OpenHandle(path))
        {
            await using FileStream stream = File.OpenRead(path);
            stream.Position = 3;

            Assert.Equal("content", Read(new RunOptions { Stdin = Stdio.File(path), Stdout = Stdio.Pipe }));
            Assert.Equal("content", Read(new RunOptions { Stdin = Stdio.Handle(handle), Stdout = Stdio.Pipe }));
            Assert.Equal("tent", Read(new RunOptions { Input = stream, Stdout = Stdio.Pipe }));
            Assert.False(handle.IsClosed);
            Assert.True(stream.CanRead);
        }

        File.Delete(path);

        static string Read(RunOptions options) => Subprocess.Run("cat", options, Token).Stdout.Text;
    }

    [Fact(Timeout = Limit)]
    public async Task Input_FromTheOutputOfAnotherChild_IsWhatThatWrites()
    {
        await using var first = new Popen(["printf", "b\na\n"], new PopenOptions { Stdout = Stdio.Pipe });

        CompletedProcess second = await Subprocess.RunAsync(
            "sort", captureOutput: true, input: first.Stdout!, cancellationToken: Token); // a pipe

        Assert.Equal("a\nb\n", second.Stdout.Text);
        Assert.Equal(0, await first.WaitAsync(cancellationToken: Token));
    }

    [Fact(Timeout = Limit)]
    public Task Stderr_MergedIntoStdout_KeepsTheOrderEveryTime()
    {
        CommandLine both = CommandLine.Shell("for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done");
        string expected = string.Concat(Enumerable.Range(1, 5).Select(i => $"out {i}\nerr {i}\n"));
        for (int run = 0; run < MergedRuns; run++)
        {
            CompletedProcess result = Subprocess.Run(
                both, new RunOptions { Stdout = Stdio.Pipe, Stderr = Stdio.Stdout }, Token);

            Assert.Equal(expected, result.Stdout.Text);
            Assert.False(result.Stderr.IsCaptured);
        }

        return Task.CompletedTask;
    }
}
