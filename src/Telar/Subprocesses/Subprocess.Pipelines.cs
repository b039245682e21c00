using Telar.Subprocesses.Pipelines;

namespace Telar.Subprocesses;

public static partial class Subprocess
{
    /// <summary>Runs a pipeline to its end.</summary>
    /// <param name="pipeline">The programs: <c>a | b | c</c>.</param>
    /// <param name="captureOutput">Whether standard output of the last and standard error of every stage are captured.</param>
    /// <param name="check">Whether a pipeline that fails becomes a <see cref="CalledProcessException"/>.</param>
    /// <param name="timeout">How long all of it may take; all stages are stopped then. Null: as long as it likes.</param>
    /// <param name="input">What the first stage reads; null: nothing is fed to it.</param>
    /// <param name="cancellationToken">Stops all stages.</param>
    /// <returns>The ended pipeline.</returns>
    /// <exception cref="CalledProcessException">It failed, and <paramref name="check"/> is set; the message names the stage.</exception>
    /// <exception cref="TimeoutExpiredException">It did not end in time. All stages have been stopped.</exception>
    /// <exception cref="SubprocessCanceledException">It was cancelled. All stages have been stopped.</exception>
    /// <exception cref="Exception">A stage could not be started, as from <see cref="Popen"/>. The earlier ones have been stopped.</exception>
    /// <remarks>See <see cref="RunPipeline(Pipeline, RunOptions, CancellationToken)"/>.</remarks>
    public static CompletedPipeline RunPipeline(
        Pipeline pipeline,
        bool captureOutput = false,
        bool check = false,
        TimeSpan? timeout = null,
        Input? input = null,
        CancellationToken cancellationToken = default) =>
        RunPipeline(
            pipeline,
            new RunOptions { CaptureOutput = captureOutput, Check = check, Timeout = timeout, Input = input },
            cancellationToken);

    /// <summary>Runs a pipeline to its end.</summary>
    /// <param name="pipeline">The programs: <c>a | b | c</c>.</param>
    /// <param name="options">
    /// The run, and with what every stage without options of its own is started. Input is for the first stage, standard output
    /// for the last, standard error for each.
    /// </param>
    /// <param name="cancellationToken">Stops all stages.</param>
    /// <returns>The ended pipeline.</returns>
    /// <exception cref="ArgumentException">A choice of streams has no meaning in a pipeline. Nothing was started.</exception>
    /// <exception cref="CalledProcessException">It failed, and <see cref="RunOptions.Check"/> is set; the message names the stage.</exception>
    /// <exception cref="TimeoutExpiredException">It did not end in time. All stages have been stopped.</exception>
    /// <exception cref="SubprocessCanceledException">It was cancelled. All stages have been stopped.</exception>
    /// <exception cref="OutputLimitException">A stage wrote more than <see cref="PopenOptions.MaxOutput"/>. All have been stopped.</exception>
    /// <exception cref="Exception">A stage could not be started, as from <see cref="Popen"/>. The earlier ones have been stopped.</exception>
    /// <remarks>
    /// The stages run at the same time, and what one writes goes to the next without passing through this process. The calling
    /// thread attends to all of them; no other is taken, except where a stream of the user does (and on systems other than Linux).
    /// Python: no counterpart.
    /// </remarks>
    public static CompletedPipeline RunPipeline(
        Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return PipelineRun.Run(pipeline, Prepare(pipeline[0].Command, options), cancellationToken);
    }

    /// <summary>As <see cref="RunPipeline(Pipeline, bool, bool, TimeSpan?, Input, CancellationToken)"/>; no thread waits.</summary>
    /// <param name="pipeline">As there.</param>
    /// <param name="captureOutput">As there.</param>
    /// <param name="check">As there.</param>
    /// <param name="timeout">As there.</param>
    /// <param name="input">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>As there.</returns>
    /// <exception cref="CalledProcessException">As there.</exception>
    /// <exception cref="TimeoutExpiredException">As there.</exception>
    /// <exception cref="SubprocessCanceledException">As there.</exception>
    public static Task<CompletedPipeline> RunPipelineAsync(
        Pipeline pipeline,
        bool captureOutput = false,
        bool check = false,
        TimeSpan? timeout = null,
        Input? input = null,
        CancellationToken cancellationToken = default) =>
        RunPipelineAsync(
            pipeline,
            new RunOptions { CaptureOutput = captureOutput, Check = check, Timeout = timeout, Input = input },
            cancellationToken);

    /// <summary>As <see cref="RunPipeline(Pipeline, RunOptions, CancellationToken)"/>; no thread waits.</summary>
    /// <param name="pipeline">As there.</param>
    /// <param name="options">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>As there.</returns>
    /// <exception cref="ArgumentException">As there.</exception>
    /// <exception cref="CalledProcessException">As there.</exception>
    /// <exception cref="TimeoutExpiredException">As there.</exception>
    /// <exception cref="SubprocessCanceledException">As there.</exception>
    /// <exception cref="OutputLimitException">As there.</exception>
    public static Task<CompletedPipeline> RunPipelineAsync(
        Pipeline pipeline, RunOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return PipelineRun.RunAsync(pipeline, Prepare(pipeline[0].Command, options), cancellationToken);
    }
}
