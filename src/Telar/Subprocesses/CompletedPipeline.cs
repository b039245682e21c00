namespace Telar.Subprocesses;

/// <summary>A pipeline that has been run to its end.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class CompletedPipeline
{
    private readonly CompletedProcess[] _stages;

    /// <summary>Puts the ends of the stages together; a test, or a runner of one's own, may make them up.</summary>
    /// <param name="pipeline">What was run.</param>
    /// <param name="stages">The end of each stage, the one that writes first at the start.</param>
    /// <exception cref="ArgumentException">There is not one end for each stage.</exception>
    public CompletedPipeline(Pipeline pipeline, IEnumerable<CompletedProcess> stages)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(stages);
        Pipeline = pipeline;
        _stages = [.. stages];
        if (_stages.Length != pipeline.Count)
        {
            throw new ArgumentException($"A pipeline of {pipeline.Count} stages cannot have ended with {_stages.Length}: `{pipeline}`.", nameof(stages));
        }

        int failed = Array.FindLastIndex(_stages, IsFailure);
        FailedStage = failed < 0 ? null : failed;
    }

    /// <summary>What was run.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>The children, the one that writes first at the start. Standard error of each is there when it was captured.</summary>
    public IReadOnlyList<CompletedProcess> Stages => _stages;

    /// <summary>The return code of each stage.</summary>
    public IReadOnlyList<int> ReturnCodes => [.. _stages.Select(stage => stage.ReturnCode)];

    /// <summary>Which stage made the pipeline fail by <see cref="Pipeline.PipeFail"/>, the last of several; 0 is the first. Null: none.</summary>
    public int? FailedStage { get; }

    /// <summary>Whether no stage made it fail.</summary>
    public bool IsSuccess => FailedStage is null;

    /// <summary>The return code of <see cref="FailedStage"/>; 0 when there is none.</summary>
    public int ReturnCode => FailedStage is { } stage ? _stages[stage].ReturnCode : 0;

    /// <summary>What came from standard output of the last stage.</summary>
    public CapturedOutput Stdout => _stages[^1].Stdout;

    /// <summary>From the start of the first stage to the end of the last that ended.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Refuses a pipeline that failed.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="CalledProcessException">It failed; the exception is about <see cref="FailedStage"/> and names it.</exception>
    public CompletedPipeline CheckReturnCode()
    {
        if (FailedStage is not { } stage)
        {
            return this;
        }

        string where = _stages.Length == 1
            ? ""
            : $" It was stage {stage + 1} of {_stages.Length} of a pipeline, whose return codes were {string.Join(", ", ReturnCodes)}.";
        throw new CalledProcessException(_stages[stage], where);
    }

    private bool IsFailure(CompletedProcess stage)
    {
        bool isLast = ReferenceEquals(stage, _stages[^1]);
        return !stage.IsSuccess && Pipeline.PipeFail switch
        {
            PipeFail.Last => isLast,
            PipeFail.Any => true,
            _ => isLast || !EndedBySigPipe(stage),
        };
    }

    private static bool EndedBySigPipe(CompletedProcess stage)
    {
        // A shell whose last command was killed by signal n ends with 128 + n.
        const int ShellSawSigPipe = 128 + (int)Signal.SIGPIPE;
        return stage.Signal == Signal.SIGPIPE || (stage.Args.IsShell && stage.ReturnCode == ShellSawSigPipe);
    }
}
