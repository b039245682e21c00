namespace Telar.Subprocesses;

/// <summary>One program of a <see cref="Pipeline"/>, and with what it is started.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Options">
/// With what; null: as the whole pipeline. Given, they stand in for those of the pipeline in every point but the streams that
/// are left at null. Between two stages there is nothing to choose: <see cref="PopenOptions.Stdin"/> is for the first one,
/// <see cref="PopenOptions.Stdout"/> for the last.
/// </param>
/// <remarks>Made by <see cref="CommandLine.With"/>. <b>Thread safety.</b> Immutable.</remarks>
public sealed record PipelineStage(CommandLine Command, PopenOptions? Options = null)
{
    /// <summary>The output of the one is the input of the other.</summary>
    /// <param name="left">Who writes.</param>
    /// <param name="right">Who reads.</param>
    /// <returns>Both.</returns>
    public static Pipeline operator |(PipelineStage left, CommandLine right) => (Pipeline)left | right;

    /// <summary>The output of the one is the input of the other.</summary>
    /// <param name="left">Who writes.</param>
    /// <param name="right">Who reads.</param>
    /// <returns>Both.</returns>
    public static Pipeline operator |(PipelineStage left, Pipeline right) => (Pipeline)left | right;

    /// <summary>The command line.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => Command.ToString()!; // it has words
}
