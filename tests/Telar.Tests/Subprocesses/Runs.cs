using Telar.Subprocesses;

namespace Telar.Tests.Subprocesses;

/// <summary>The synchronous and the asynchronous form of one call, so that one test body serves both.</summary>
internal static class Runs
{
    internal static async Task<CompletedProcess> Run(bool isAsync, CommandLine command, RunOptions options, CancellationToken token) =>
        isAsync
            ? await Subprocess.RunAsync(command, options, token)
            : await Task.Factory.StartNew(
                () => Subprocess.Run(command, options, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static async Task<CompletedPipeline> RunPipeline(bool isAsync, Pipeline pipeline, RunOptions options, CancellationToken token) =>
        isAsync
            ? await Subprocess.RunPipelineAsync(pipeline, options, token)
            : await Task.Factory.StartNew(
                () => Subprocess.RunPipeline(pipeline, options, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static async Task<(CapturedOutput Stdout, CapturedOutput Stderr)> Communicate(
        bool isAsync, Popen child, Input? input, TimeSpan? timeout, CancellationToken token) =>
        isAsync
            ? await child.CommunicateAsync(input, timeout, token)
            : await Task.Factory.StartNew(
                () => child.Communicate(input, timeout, token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static CommandLine Sh(string script) => ["sh", "-c", script];
}
