namespace Telar.Subprocesses;

public sealed partial class CommandLine
{
    /// <summary>The output of the one is the input of the other. Nothing has been started by that.</summary>
    /// <param name="left">Who writes.</param>
    /// <param name="right">Who reads.</param>
    /// <returns>Both, for <see cref="Subprocess.RunPipeline(Pipeline, RunOptions, CancellationToken)"/>.</returns>
    public static Pipeline operator |(CommandLine left, CommandLine right) => (Pipeline)left | right;

    /// <summary>The output of the one is the input of the other.</summary>
    /// <param name="left">Who writes.</param>
    /// <param name="right">Who reads.</param>
    /// <returns>Both.</returns>
    public static Pipeline operator |(CommandLine left, Pipeline right) => (Pipeline)left | right;

    /// <summary>This command line as a stage of a pipeline that has options of its own.</summary>
    /// <param name="options">See <see cref="PipelineStage.Options"/>.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentException">These are options of a whole run, not of a stage.</exception>
    public PipelineStage With(PopenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options is RunOptions
            ? throw new ArgumentException(
                "A stage of a pipeline takes PopenOptions, but these are RunOptions: input, time limit, capture and check are for the "
                + "pipeline as a whole. Give them to RunPipeline.",
                nameof(options))
            : new PipelineStage(this, options);
    }
}
