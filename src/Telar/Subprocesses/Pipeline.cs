using System.Collections;

namespace Telar.Subprocesses;

/// <summary>Programs of which each reads what the one before it writes, as <c>a | b | c</c> in a shell.</summary>
/// <remarks>
/// <para>
/// The bytes go from child to child through pipes of the kernel, not through this process.
/// <code>
/// CommandLine list = ["git", "log", "--format=%an"];
/// CompletedPipeline result = Subprocess.RunPipeline(list | ["sort"] | ["uniq", "-c"], captureOutput: true);
/// </code>
/// </para>
/// <para>Python: no counterpart; the documentation joins two Popen objects by hand. <b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class Pipeline : IReadOnlyList<PipelineStage>
{
    private readonly PipelineStage[] _stages;

    private Pipeline(PipelineStage[] stages, PipeFail pipeFail)
    {
        _stages = stages;
        PipeFail = pipeFail;
    }

    /// <summary>Which stages make it fail.</summary>
    /// <value>Default: <see cref="PipeFail.AnyButSigPipe"/>.</value>
    public PipeFail PipeFail { get; }

    /// <summary>How many stages there are; 1 or more.</summary>
    public int Count => _stages.Length;

    /// <summary>A stage; 0 is the one that writes first.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such stage.</exception>
    public PipelineStage this[int index] => _stages[index];

    /// <summary>A pipeline of one program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <returns>The pipeline.</returns>
    public static implicit operator Pipeline(CommandLine command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return new Pipeline([new PipelineStage(command)], default);
    }

    /// <summary>A pipeline of one stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <returns>The pipeline.</returns>
    public static implicit operator Pipeline(PipelineStage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return new Pipeline([stage], default);
    }

    /// <summary>The output of the last stage is the input of one more.</summary>
    /// <param name="left">Who writes. Its <see cref="PipeFail"/> is that of the result.</param>
    /// <param name="right">Who reads.</param>
    /// <returns>All of them.</returns>
    public static Pipeline operator |(Pipeline left, CommandLine right) => left | (Pipeline)right;

    /// <summary>The output of the last stage is the input of the first one of the other.</summary>
    /// <param name="left">Who writes. Its <see cref="PipeFail"/> is that of the result.</param>
    /// <param name="right">Who reads.</param>
    /// <returns>All of them.</returns>
    public static Pipeline operator |(Pipeline left, Pipeline right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Pipeline([.. left._stages, .. right._stages], left.PipeFail);
    }

    /// <summary>A pipeline of any number of programs.</summary>
    /// <param name="commands">The programs, the one that writes first at the start.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentException">There are none, or one is null.</exception>
    public static Pipeline Create(params ReadOnlySpan<CommandLine> commands)
    {
        if (commands.IsEmpty)
        {
            throw new ArgumentException("A pipeline needs at least one program: it has none.", nameof(commands));
        }

        var stages = new PipelineStage[commands.Length];
        for (int i = 0; i < stages.Length; i++)
        {
            stages[i] = commands[i] is { } command
                ? new PipelineStage(command)
                : throw new ArgumentException($"Stage {i + 1} of a pipeline is null.", nameof(commands));
        }

        return new Pipeline(stages, default);
    }

    /// <summary>The same pipeline with another rule for its success.</summary>
    /// <param name="pipeFail">Which stages make it fail.</param>
    /// <returns>The pipeline.</returns>
    public Pipeline WithPipeFail(PipeFail pipeFail) => new(_stages, pipeFail);

    /// <summary>Starts all stages, for whoever wants to talk with them while they run.</summary>
    /// <param name="options">
    /// With what. <see cref="PopenOptions.Stdin"/> is for the first stage and <see cref="PopenOptions.Stdout"/> for the last;
    /// <see cref="PopenOptions.Stderr"/> is for each of them.
    /// </param>
    /// <returns>The running children; dispose it.</returns>
    /// <exception cref="ArgumentException">A choice of streams has no meaning in a pipeline. Nothing was started.</exception>
    /// <exception cref="Exception">A stage could not be started, as from <see cref="Popen"/>. The earlier ones have been stopped.</exception>
    public RunningPipeline Start(PopenOptions? options = null) => RunningPipeline.Start(this, options ?? new PopenOptions());

    /// <summary>The stages.</summary>
    /// <returns>An enumerator.</returns>
    public IEnumerator<PipelineStage> GetEnumerator() => ((IEnumerable<PipelineStage>)_stages).GetEnumerator();

    /// <summary>The command lines with <c>|</c> between them.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => string.Join(" | ", (IEnumerable<PipelineStage>)_stages);

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
