using Telar.Subprocesses;

namespace Telar.Tests.Subprocesses.Batches;

/// <summary>A command that a <see cref="FakeRunner"/> has started.</summary>
internal sealed class FakeRun(CommandLine command, RunOptions options)
{
    public CommandLine Command => command;

    public RunOptions Options => options;

    public TaskCompletionSource<CompletedProcess> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Succeed(string stdout = "") => End.SetResult(FakeRunner.Ended(command, 0, stdout));

    public void Fail(int returnCode = 1) => End.SetResult(FakeRunner.Ended(command, returnCode));
}
