using Xunit;

namespace Telar.Tests.Subprocesses.Observing;

using Telar.Subprocesses;

public class EchoTests
{
    private static readonly Dictionary<string, string?> s_secretEnvironment = new() { ["TELAR_TEST_TOKEN"] = "tok-12345678" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Echo_GetsTheCommand_BeforeItRuns_WithoutSecrets()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Runs /bin/sh.");
        var echo = new StringWriter();
        var options = new RunOptions { Echo = echo, Secrets = ["hunter 2"], ExtraEnv = s_secretEnvironment, CaptureOutput = true };

        CompletedProcess sync = Subprocess.Run(["echo", "hunter 2", "tok-12345678", "a b"], options, Token);
        await Subprocess.RunAsync(CommandLine.Shell("true | true"), options, Token);
        using (var child = new Popen(["true"], new PopenOptions { Echo = echo }))
        {
            child.Wait(cancellationToken: Token);
        }

        Assert.Throws<FileNotFoundException>(() => Subprocess.Run(["telar-no-such-program"], options, Token));
        Assert.Equal("hunter 2 tok-12345678 a b\n", sync.Stdout.Text);
        Assert.Equal(["echo '***' *** 'a b'", "true | true", "true", "telar-no-such-program", ""], Lines(echo));
    }

    [Fact(Timeout = 120_000)]
    public void Echo_ThatThrows_KeepsTheProgramFromStarting()
    {
        string file = Path.Combine(Path.GetTempPath(), $"telar-echo-{Guid.NewGuid():N}");
        var closed = new StreamWriter(new MemoryStream()) { AutoFlush = true };
        closed.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Subprocess.Run(["touch", file], new RunOptions { Echo = closed }, Token));
        Assert.False(File.Exists(file));
    }

    [Fact(Timeout = 120_000)]
    public async Task DryRun_OnEveryPath_ShowsAndStartsNothing()
    {
        var echo = new StringWriter();
        var options = new RunOptions { DryRun = true, Echo = echo, CaptureOutput = true, Check = true, Secrets = ["hunter2"] };
        CommandLine absent = ["telar-no-such-program", "hunter2"];

        CompletedProcess sync = Subprocess.Run(absent, options, Token);
        CompletedProcess async = await Subprocess.Default.RunAsync(absent, options with { CaptureOutput = false }, Token);
        CompletedPipeline pipeline = await Subprocess.RunPipelineAsync(absent | absent, options, Token);
        List<OutputLine> lines = [];
        await foreach (OutputLine line in Subprocess.Stream(absent, options, Token))
        {
            lines.Add(line);
        }

        Assert.Equal((0, "", true), (sync.ReturnCode, sync.Stdout.Text, sync.IsSuccess));
        Assert.False(async.Stdout.IsCaptured);
        Assert.Equal(("0 0", ""), (string.Join(' ', pipeline.ReturnCodes), pipeline.Stdout.Text));
        Assert.Empty(lines);
        Assert.Equal(Enumerable.Repeat("telar-no-such-program ***", 5).Append(""), Lines(echo));
    }

    [Fact(Timeout = 120_000)]
    public async Task Default_RunsForReal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Runs echo.");
        var options = new RunOptions { CaptureOutput = true };

        Assert.Equal("a\n", Subprocess.Default.Run(["echo", "a"], options, Token).Stdout.Text);
        Assert.Equal("b\n", (await Subprocess.Default.RunAsync($"echo {"b"}", options, Token)).Stdout.Text);
        Assert.Contains("`echo a` ended: return code 0 after ", Subprocess.Default.Run(["echo", "a"], options, Token).ToString(), StringComparison.Ordinal);
    }

    private static string[] Lines(StringWriter writer) => writer.ToString().Split(Environment.NewLine);
}
