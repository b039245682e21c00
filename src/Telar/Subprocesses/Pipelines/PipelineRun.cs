using System.Runtime.CompilerServices;
using Telar.Internal.Processes;
using Telar.Internal.Waiting;
using Telar.Subprocesses.Observing;

namespace Telar.Subprocesses.Pipelines;

/// <summary>Runs all stages of a pipeline to their end.</summary>
internal static class PipelineRun
{
    // What a timer holds; whoever says more means for ever.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    /// <summary>Runs a pipeline in the calling thread; where the system has no poll, threads of the pool help.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="options">The run, made ready: its streams are chosen.</param>
    /// <param name="cancellationToken">Stops all stages.</param>
    /// <returns>The ended pipeline.</returns>
    internal static CompletedPipeline Run(Pipeline pipeline, RunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.DryRun)
        {
            return DryRun(pipeline, options);
        }

        long started = TimeProvider.System.GetTimestamp();
        using RunningPipeline running = RunningPipeline.Start(pipeline, options, callerStays: true);
        StageEnd[] ends = running.Stages.All(stage => stage.Child.Process is LinuxChildProcess)
            ? PolledStages.RunToEnd(running.Stages, StageRuns(running, options), WaitDeadline.After(options.Timeout), cancellationToken)
            : RunToEndAsync(running, options, cancellationToken).GetAwaiter().GetResult();
        return Completed(running, options, ends, started, cancellationToken);
    }

    /// <summary>Runs a pipeline; no thread waits.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="options">The run, made ready: its streams are chosen.</param>
    /// <param name="cancellationToken">Stops all stages.</param>
    /// <returns>The ended pipeline.</returns>
    internal static async Task<CompletedPipeline> RunAsync(
        Pipeline pipeline, RunOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.DryRun)
        {
            return DryRun(pipeline, options);
        }

        long started = TimeProvider.System.GetTimestamp();
        RunningPipeline running = RunningPipeline.Start(pipeline, options);
        await using ConfiguredAsyncDisposable end = running.ConfigureAwait(false);
        StageEnd[] ends = await RunToEndAsync(running, options, cancellationToken).ConfigureAwait(false);
        return Completed(running, options, ends, started, cancellationToken);
    }

    /// <summary>A run that only shows its commands.</summary>
    internal static CompletedPipeline DryRun(Pipeline pipeline, RunOptions options) => new(
        pipeline,
        StageOptions.Of(pipeline, options).Select((stage, i) => Echoes.DryRun(pipeline[i].Command, new RunOptions(stage))));

    /// <summary>What is said of a pipeline that was stopped, as of its last stage.</summary>
    internal static string StoppedWords(Pipeline pipeline) => pipeline.Count == 1
        ? "it was stopped"
        : $"it was the last of {pipeline.Count} stages of a pipeline, and all of them were stopped";

    private static RunOptions[] StageRuns(RunningPipeline running, RunOptions options) =>
        [.. running.Options.Select((stage, i) => new RunOptions(stage) { Input = i == 0 ? options.Input : null })];

    private static async Task<StageEnd[]> RunToEndAsync(RunningPipeline running, RunOptions options, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout is { } timeout && timeout >= TimeSpan.Zero && timeout < s_longestTimer)
        {
            stop.CancelAfter(timeout);
        }

        // Every stage is waited for, also after a failure: then none is left. The first that failed is thrown.
        return await Task.WhenAll(
            StageRuns(running, options).Select((stage, i) => RunStageAsync(running.Stages[i], stage, stop))).ConfigureAwait(false);
    }

    private static async Task<StageEnd> RunStageAsync(Popen stage, RunOptions options, CancellationTokenSource stop)
    {
        try
        {
            return new StageEnd(await stage.RunToEndAsync(options, stop.Token).ConfigureAwait(false), null);
        }
        catch (SubprocessCanceledException stopped)
        {
            return new StageEnd(null, stopped);
        }
        catch
        {
            // A stream of the user has thrown, or there is too much output: the others end with this one.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static CompletedPipeline Completed(
        RunningPipeline running, RunOptions options, StageEnd[] ends, long started, CancellationToken cancellationToken)
    {
        if (ends.Any(stage => stage.Process is null))
        {
            throw Stopped(running.Pipeline, running.Options[^1], ends[^1], options.Timeout, cancellationToken);
        }

        var result = new CompletedPipeline(running.Pipeline, ends.Select(stage => stage.Process!)) // none is null, as seen above
        {
            Elapsed = TimeProvider.System.GetElapsedTime(started),
        };
        return options.Check ? result.CheckReturnCode() : result;
    }

    private static Exception Stopped(
        Pipeline pipeline, PopenOptions options, StageEnd last, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        CommandLine command = pipeline[^1].Command;
        CapturedOutput stdout = last.Process?.Stdout ?? last.Stop!.Stdout; // one of the two is there
        CapturedOutput stderr = last.Process?.Stderr ?? last.Stop!.Stderr; // as above
        string outcome = StoppedWords(pipeline);
        return cancellationToken.IsCancellationRequested
            ? new SubprocessCanceledException(command, options, stdout, stderr, outcome, cancellationToken)
            : new TimeoutExpiredException(command, options, timeout.GetValueOrDefault(), stdout, stderr, outcome);
    }
}
