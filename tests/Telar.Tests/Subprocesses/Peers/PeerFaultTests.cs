using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;

namespace Telar.Tests.Subprocesses.Peers;

/// <summary>
/// Faults that other libraries have, each seen in one of them: that they do not happen here. Others stand with what they are about:
/// a grandchild on the pipe in <see cref="RunTests"/>, merged order with the pipelines and the launcher.
/// Seen red with: a tree found without its mark, and one that is not killed; SIGCHLD left ignored; process 1 without the hold of SIGCHLD,
/// and with 0 for a status that it does not know; a closed pipe as the null device; SIGPIPE left ignored; descriptors that are not closed;
/// the number of a reaped child taken for its own.
/// </summary>
[Collection(ChildProcessGroup.Name)]
public sealed class PeerFaultTests : NothingLeftBehind
{
    private const int Limit = 120_000;

    private static readonly RunOptions s_capture = new() { CaptureOutput = true };

    // Others leave the re-parented one alive: it is in another session, and its parent has ended.
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OrphanedGrandchild_WhenTheTimeIsUp_IsStoppedToo(bool isAsync)
    {
        TimeoutExpiredException e = await Assert.ThrowsAsync<TimeoutExpiredException>(() => Runs.Run(
            isAsync,
            Runs.Sh("(setsid sleep 1000 & echo $!); exec sleep 1000"),
            s_capture with { Timeout = TimeSpan.FromMilliseconds(500), Stop = StopPolicy.Kill },
            Token));

        int orphan = int.Parse(e.Stdout.Text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => Children.IsDead(orphan), TimeSpan.FromSeconds(30)), $"{orphan} lives on.");
    }

    // Others close the pipe instead, so that the child ends with an error.
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DiscardedOutput_HoweverMuch_DoesNotBreakTheChild(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(
            isAsync, ["head", "-c", "20000000", "/dev/zero"], new RunOptions { Stdout = Stdio.DevNull, Stderr = Stdio.DevNull }, Token);

        Assert.Equal(0, run.ReturnCode);
    }

    // Under others the children inherit that SIGPIPE is ignored: `yes` then reports a broken pipe and ends with 1.
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BrokenPipe_BetweenGrandchildren_IsSilentAndASignal(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(isAsync, ["bash", "-c", "yes | head -1; echo ${PIPESTATUS[0]}"], s_capture, Token);

        Assert.Equal(("y\n141\n", ""), (run.Stdout.Text, run.Stderr.Text));
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenDescriptors_ThatAreNotCloseOnExec_DoNotReachTheChild(bool isAsync)
    {
        int[] leaks = [Open(), Open(), Open()];
        try
        {
            CompletedProcess run = await Runs.Run(isAsync, ["ls", "/proc/self/fd"], s_capture, Token);

            Assert.Equal(["0", "1", "2", "3"], run.Stdout.Lines); // 3 is the directory that is listed.
        }
        finally
        {
            Array.ForEach(leaks, static leak => _ = Interop.Libc.close(leak));
        }

        static unsafe int Open()
        {
            fixed (byte* path = "/dev/null\0"u8)
            {
                return Interop.Libc.open(path, 0);
            }
        }
    }

    // Process.WaitForExit does not return there.
    [Fact(Timeout = Limit)]
    public async Task SigchldIgnoredAtTheStart_OfAProgramThatRunsChildren_LosesNoReturnCode()
    {
        CompletedProcess run = await Subprocess.RunAsync(
            ["env", "--ignore-signal=CHLD", Children.Dummy, "many", "40", "run"], s_capture, Token);

        Assert.EndsWith(": 40 right, 0 wrong, 0 lost\n", run.Stdout.Text, StringComparison.Ordinal);
    }

    // There the runtime reaps children that are not its own, once it has been told to look at them.
    [Theory(Timeout = Limit)]
    [InlineData("process-first")]
    [InlineData("observe-sigchld")]
    public async Task Process1_WhereTheRuntimeReapsAll_TellsNoWrongReturnCode(string order)
    {
        CommandLine unshare = ["unshare", "--pid", "--fork", "--mount-proc"];
        Assert.SkipUnless(
            (await Subprocess.RunAsync([.. unshare, "/bin/true"], s_capture, Token)).IsSuccess,
            "'unshare --pid --fork --mount-proc' is not permitted here (it needs CAP_SYS_ADMIN).");

        CompletedProcess run = await Subprocess.RunAsync([.. unshare, Children.Dummy, "many", "100", order, "run"], s_capture, Token);

        Assert.Matches("^pid 1: (97|98|99|100) right, 0 wrong, [0-3] lost\n$", run.Stdout.Text);
    }

    // Others send by number, and the number may be another's by then.
    [Fact(Timeout = Limit)]
    public async Task NumberOfAnEndedChild_WhenAnotherHasIt_IsNotHit()
    {
        // The shell keeps the dummy from being process 1, which is special.
        CommandLine reuse = ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", "echo 100 > /proc/sys/kernel/ns_last_pid && \"$@\"; exit $?", "sh"];
        Assert.SkipUnless(
            (await Subprocess.RunAsync([.. reuse, "true"], s_capture, Token)).IsSuccess,
            "Choosing the number of the next process is not permitted here (it needs CAP_SYS_ADMIN and /proc/sys/kernel/ns_last_pid).");

        CompletedProcess run = await Subprocess.RunAsync([.. reuse, Children.Dummy, "reuse"], s_capture, Token);

        Assert.Equal("sent: False, the stranger lives\n", run.Stdout.Text);
    }
}
