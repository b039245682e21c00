using Telar.Subprocesses;
using Telar.Subprocesses.Observing;
using Telar.Subprocesses.Pipelines;

namespace Telar.Testing;

/// <summary>Takes the stages of a pipeline through what a real run does: each reads what the one before it has written.</summary>
internal static class FakePipelineRun
{
    /// <summary>Runs the stages, one after the other.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="options">The run; its streams are chosen.</param>
    /// <param name="answer">Remembers a call, and finds who answers it.</param>
    /// <param name="cancellationToken">Stops the pipeline.</param>
    internal static async Task<CompletedPipeline> CompleteAsync(
        Pipeline pipeline, RunOptions options, Func<FakeCall, FakeAnswer> answer, CancellationToken cancellationToken)
    {
        PopenOptions[] stageOptions = StageOptions.Of(pipeline, options);
        ReadOnlyMemory<byte> input = await FakeInput.ReadAsync(options, cancellationToken).ConfigureAwait(false);
        var stages = new CompletedProcess[pipeline.Count];
        TimeSpan longest = TimeSpan.Zero;
        for (int i = 0; i < stages.Length; i++)
        {
            var call = new FakeCall(pipeline[i].Command, new RunOptions(stageOptions[i]), input) { Pipeline = pipeline, Stage = i };
            FakeAnswer how = answer(call);
            if (options.DryRun)
            {
                continue;
            }

            Echoes.Write(call.Command, call.Options);
            FakeResult result = await how(call, cancellationToken).ConfigureAwait(false);
            stages[i] = await FakeRun.WriteAsync(call, result, cancellationToken).ConfigureAwait(false);
            input = FakeRun.StandardOutput(call, result);
            longest = Longer(longest, result.Takes);
        }

        if (options.DryRun)
        {
            return PipelineRun.DryRun(pipeline, options);
        }

        await FakeRun.PassTimeAsync(stages[^1], options, longest, PipelineRun.StoppedWords(pipeline), cancellationToken).ConfigureAwait(false);
        var ended = new CompletedPipeline(pipeline, stages) { Elapsed = longest };
        return options.Check ? ended.CheckReturnCode() : ended;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) =>
        one == Timeout.InfiniteTimeSpan || other == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan
        : one > other ? one
        : other;
}
