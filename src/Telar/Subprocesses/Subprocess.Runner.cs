namespace Telar.Subprocesses;

public static partial class Subprocess
{
    /// <summary>The runner that runs programs for real: functions of this class as an object, for code whose tests put another there.</summary>
    public static ISubprocessRunner Default { get; } = new Runner();

    private sealed class Runner : ISubprocessRunner
    {
        public CompletedProcess Run(CommandLine command, RunOptions options, CancellationToken cancellationToken) =>
            Subprocess.Run(command, options, cancellationToken);

        public Task<CompletedProcess> RunAsync(CommandLine command, RunOptions options, CancellationToken cancellationToken) =>
            Subprocess.RunAsync(command, options, cancellationToken);

        public CompletedPipeline RunPipeline(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken) =>
            Subprocess.RunPipeline(pipeline, options, cancellationToken);

        public Task<CompletedPipeline> RunPipelineAsync(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken) =>
            Subprocess.RunPipelineAsync(pipeline, options, cancellationToken);
    }
}
