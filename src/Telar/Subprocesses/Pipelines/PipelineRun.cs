using System.Runtime.CompilerServices;
using Telar.Subprocesses.Observing;

namespace Telar.Subprocesses.Pipelines;

/// <summary>Runs all stages of a pipeline to their end.</summary>
internal static class PipelineRun
{
    // What a timer holds; whoever says more means for ever.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(40);

    /// <summary>Runs a pipeline.</summary>
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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Timeout is { } timeout && timeout >= TimeSpan.Zero && timeout < s_longestTimer)
        {
            stop.CancelAfter(timeout);
        }

        var stages = new Task<StageEnd>[pipeline.Count];
        for (int i = 0; i < stages.Length; i++)
        {
            var stageOptions = new RunOptions(running.Options[i]) { Input = i == 0 ? options.Input : null };
            stages[i] = RunStageAsync(running.Stages[i], stageOptions, stop);
        }

        // Every stage is waited for, also after a failure: then none is left. The first that failed is thrown.
        StageEnd[] ends = await Task.WhenAll(stages).ConfigureAwait(false);
        if (ends.Any(stage => stage.Process is null))
        {
            throw Stopped(pipeline, running.Options[^1], ends[^1], options.Timeout, cancellationToken);
        }

        var result = new CompletedPipeline(pipeline, ends.Select(stage => stage.Process!)) // none is null, as seen above
        {
            Elapsed = TimeProvider.System.GetElapsedTime(started),
        };
        return options.Check ? result.CheckReturnCode() : result;
    }

    /// <summary>A run that only shows its commands.</summary>
    internal static CompletedPipeline DryRun(Pipeline pipeline, RunOptions options) => new(
        pipeline,
        StageOptions.Of(pipeline, options).Select((stage, i) => Echoes.DryRun(pipeline[i].Command, new RunOptions(stage))));

    /// <summary>What is said of a pipeline that was stopped, as of its last stage.</summary>
    internal static string StoppedWords(Pipeline pipeline) => pipeline.Count == 1
        ? "it was stopped"
        : $"it was the last of {pipeline.Count} stages of a pipeline, and all of them were stopped";

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

    // Either it has come to its end, or it was stopped with the whole pipeline.
    private readonly record struct StageEnd(CompletedProcess? Process, SubprocessCanceledException? Stop);
}
