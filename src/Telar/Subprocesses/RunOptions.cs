namespace Telar.Subprocesses;

/// <summary>How a child is run from its start to its end.</summary>
/// <remarks>Python: the parameters of <c>subprocess.run</c>. <b>Thread safety.</b> Immutable.</remarks>
public sealed record RunOptions : PopenOptions
{
    /// <summary>A run with all defaults.</summary>
    public RunOptions()
    {
    }

    /// <summary>A run of what is started with these options.</summary>
    /// <param name="options">With what.</param>
    internal RunOptions(PopenOptions options)
        : base(options)
    {
    }

    /// <summary>Whether standard output and standard error are captured. Not together with a choice for either.</summary>
    /// <value>Default false.</value>
    public bool CaptureOutput { get; init; }

    /// <summary>Whether a return code that is no success becomes a <see cref="CalledProcessException"/>.</summary>
    /// <value>Default false.</value>
    public bool Check { get; init; }

    /// <summary>How long the child may take; it is stopped then.</summary>
    /// <value>Default null: as long as it likes.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What the child reads. Not together with <see cref="PopenOptions.Stdin"/>.</summary>
    /// <value>Default null: nothing is fed to it.</value>
    public Input? Input { get; init; }

    /// <summary>
    /// Whether the command is only shown, on <see cref="PopenOptions.Echo"/> or else on standard error, and nothing is started. The
    /// run is then one that ended at once with return code 0 and without output.
    /// </summary>
    /// <value>Default false.</value>
    public bool DryRun { get; init; }
}
