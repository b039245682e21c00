namespace Telar.Subprocesses;

/// <summary>How a running child is brought to its end: by a request first, by force after a while.</summary>
/// <param name="Request">The signal that asks; <see cref="Signal.None"/> does not ask.</param>
/// <param name="Grace">How long the child has to follow; 0 or above.</param>
/// <param name="Tree">Whether what the child has started ends with it, also what has left its group and lost its parent.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed record StopPolicy(Signal Request, TimeSpan Grace, bool Tree = true)
{
    /// <summary>SIGTERM to the child, a second to follow, then SIGKILL to it and to all that it has started.</summary>
    public static StopPolicy Default { get; } = new(Signal.SIGTERM, TimeSpan.FromSeconds(1));

    /// <summary>SIGKILL at once to the child and to all that it has started.</summary>
    public static StopPolicy Kill { get; } = new(Signal.None, TimeSpan.Zero);

    /// <summary>SIGKILL at once to the child alone, as Python does.</summary>
    public static StopPolicy KillChildOnly { get; } = new(Signal.None, TimeSpan.Zero, Tree: false);
}
