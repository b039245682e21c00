using System.Runtime.CompilerServices;

namespace Telar.Subprocesses.Pipelines;

/// <summary>Runs all stages of a pipeline to their end.</summary>
internal static class PipelineRun
{
    // What a timer holds; whoever says more means for ever.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    /// <summary>Runs a pipeline.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="options">The run.</param>
    /// <param name="cancellationToken">Stops all stages.</param>
    /// <returns>The ended pipeline.</returns>
    internal static async Task<CompletedPipeline> RunAsync(
        Pipeline pipeline, RunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long started = TimeProvider.System.GetTimestamp();
        RunOptions shared = options.Resolve();
        RunningPipeline running = RunningPipeline.Start(pipeline, shared);
        await using ConfiguredAsyncDisposable end = running.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout is { } timeout && timeout >= TimeSpan.Zero && timeout < s_longestTimer)
        {
            stop.CancelAfter(timeout);
        }

        var stages = new Task<CompletedProcess>[pipeline.Count];
        for (int i = 0; i < stages.Length; i++)
        {
            var stageOptions = new RunOptions(running.Options[i]) { Input = i == 0 ? options.Input : null };
            stages[i] = RunStageAsync(running.Stages[i], stageOptions, stop);
        }

        // Every stage is waited for, also after a failure: then none is left, and all that they said is known.
        await Task.WhenAll(stages).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowFailure(stages);
        if (stages.Any(stage => !stage.IsCompletedSuccessfully))
        {
            throw Stopped(pipeline, running.Options, stages, options.Timeout, cancellationToken);
        }

        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        var result = new CompletedPipeline(pipeline, [.. stages.Select(stage => stage.Result)], running.Options, elapsed);
        return options.Check ? result.CheckReturnCode() : result;
    }

    // One that fails (a stream of the user throws, there is too much output) takes the others along.
    private static async Task<CompletedProcess> RunStageAsync(Popen stage, RunOptions options, CancellationTokenSource stop)
    {
        try
        {
            return await stage.RunToEndAsync(options, stop.Token).ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static void ThrowFailure(Task<CompletedProcess>[] stages)
    {
        foreach (Task<CompletedProcess> stage in stages)
        {
            if (stage.Exception is not null and { InnerException: not SubprocessCanceledException })
            {
                stage.GetAwaiter().GetResult();
            }
        }
    }

    private static Exception Stopped(
        Pipeline pipeline,
        PopenOptions[] options,
        Task<CompletedProcess>[] stages,
        TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        (CapturedOutput stdout, CapturedOutput stderr) = OutputOf(stages[^1]);
        CommandLine last = pipeline[^1].Command;
        string outcome = stages.Length == 1
            ? "it was stopped"
            : $"it was the last of {stages.Length} stages of a pipeline, and all of them were stopped";
        return cancellationToken.IsCancellationRequested
            ? new SubprocessCanceledException(last, options[^1], stdout, stderr, outcome, cancellationToken)
            : new TimeoutExpiredException(last, options[^1], timeout.GetValueOrDefault(), stdout, stderr, outcome);
    }

    private static (CapturedOutput Stdout, CapturedOutput Stderr) OutputOf(Task<CompletedProcess> stage) =>
        stage.IsCompletedSuccessfully ? (stage.Result.Stdout, stage.Result.Stderr)
        : stage.Exception?.InnerException is SubprocessCanceledException stopped ? (stopped.Stdout, stopped.Stderr)
        : (CapturedOutput.NotCaptured, CapturedOutput.NotCaptured);
}
