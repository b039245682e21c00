using System.Collections.ObjectModel;
using System.Runtime.InteropServices;

namespace Telar.Internal.Processes;

/// <summary>What to start, and with what. Immutable; one may start any number of children.</summary>
internal sealed record ChildStartInfo
{
    private const int FirstInheritable = 3;
    private const int LastInheritable = 65_535;

    /// <summary>The program.</summary>
    /// <value>
    /// A name without a slash is looked up in PATH of the child's environment; a relative path is taken from the child's
    /// working directory.
    /// </value>
    internal required string FileName { get; init; }

    /// <summary>The arguments, without the program's own name.</summary>
    /// <value>Default: none.</value>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What the program sees as its own name.</summary>
    /// <value>Default null: <see cref="FileName"/>.</value>
    internal string? ArgumentZero { get; init; }

    /// <summary>The whole environment of the child.</summary>
    /// <value>
    /// Default null: what <see cref="System.Environment.GetEnvironmentVariables()"/> says at the start. Either way
    /// <see cref="JobToken.VariableName"/> is added.
    /// </value>
    internal IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Changes to the environment: variables to set, and with the value null to remove.</summary>
    /// <value>
    /// Default null: none. <see cref="JobToken.VariableName"/> with null leaves the mark out; KillTree then finds only what is
    /// still in the child's group or session or has not lost its parents.
    /// </value>
    internal IReadOnlyDictionary<string, string?>? ExtraEnvironment { get; init; }

    /// <summary>The directory that the child starts in.</summary>
    /// <value>Default null: the directory of this process.</value>
    internal string? WorkingDirectory { get; init; }

    /// <summary>The child's descriptor 0.</summary>
    /// <value>Default null: that of this process. The same handle may be given for several: they then share one position.</value>
    internal SafeHandle? StandardInput { get; init; }

    /// <summary>The child's descriptor 1.</summary>
    /// <value>Default null: that of this process.</value>
    internal SafeHandle? StandardOutput { get; init; }

    /// <summary>The child's descriptor 2.</summary>
    /// <value>Default null: that of this process. The handle of <see cref="StandardOutput"/> merges both in true order.</value>
    internal SafeHandle? StandardError { get; init; }

    /// <summary>What the child gets beyond the standard three; it gets nothing else.</summary>
    /// <value>Default: none.</value>
    internal IReadOnlyList<InheritedDescriptor> Inherited { get; init; } = ReadOnlyCollection<InheritedDescriptor>.Empty;

    /// <summary>
    /// Whether all other descriptors are closed in the child. Otherwise it also gets those that are open here and not
    /// close-on-exec, as native code may have opened them; .NET and this library open none like that.
    /// </summary>
    /// <value>Default true.</value>
    internal bool CloseOthers { get; init; } = true;

    /// <summary>
    /// The path of a terminal that becomes the child's own, and each of its three streams that has no handle. Takes
    /// <see cref="NewSession"/>.
    /// </summary>
    /// <value>Default null: none.</value>
    internal string? TerminalPath { get; init; }

    /// <summary>Whether the child leads a process group of its own: Ctrl-C at the terminal then does not reach it.</summary>
    /// <value>Default true. <see cref="NewSession"/> implies it.</value>
    internal bool NewProcessGroup { get; init; } = true;

    /// <summary>The process group that the child joins, in the session of this process; goes before <see cref="NewProcessGroup"/>.</summary>
    /// <value>Default null: none.</value>
    internal int? JoinedGroup { get; init; }

    /// <summary>Whether the child leads a session of its own, without a terminal.</summary>
    /// <value>Default false.</value>
    internal bool NewSession { get; init; }

    /// <summary>
    /// Whether the child gets an empty signal mask, and the default action of all signals but those that shells and daemons
    /// ignore on purpose (<see cref="SpawnAttributes"/> lists them). .NET ignores SIGPIPE, and ignored signals are inherited:
    /// without this, <c>yes | head</c> in a child prints an error.
    /// </summary>
    /// <value>Default true.</value>
    internal bool RestoreSignals { get; init; } = true;

    /// <summary>
    /// Whether the calling thread starts the child itself, which saves two thread switches (some 30 us). The child must
    /// then not ask to be signalled at its parent's death: that is the death of the thread that started it.
    /// </summary>
    /// <value>Default false: the immortal spawner thread starts it.</value>
    internal bool SpawnOnCallingThread { get; init; }

    /// <summary>What is done in the child before the program begins, by the exec helper.</summary>
    /// <value>Default null: nothing.</value>
    internal ChildSetup? Setup { get; init; }

    /// <summary>Whether the child gets its mark.</summary>
    internal bool HasMark =>
        ExtraEnvironment is null || !ExtraEnvironment.TryGetValue(JobToken.VariableName, out string? mark) || mark is not null;

    /// <summary>A variable of the child's environment.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value, or null when the child does not have it.</returns>
    internal string? Variable(string name) =>
        ExtraEnvironment is not null && ExtraEnvironment.TryGetValue(name, out string? extra) ? extra
        : Environment is null ? System.Environment.GetEnvironmentVariable(name)
        : Environment.TryGetValue(name, out string? value) ? value
        : null;

    /// <summary>What only Windows has.</summary>
    /// <value>Default null: nothing of it. Ignored elsewhere.</value>
    internal WindowsStartOptions? Windows { get; init; }

    /// <summary>Refuses what no system can start, before anything has happened.</summary>
    /// <exception cref="ArgumentException">A text or a handle is not usable; the message says which.</exception>
    internal void Validate()
    {
        RequireText(FileName, nameof(FileName), "the program");
        if (WorkingDirectory is not null)
        {
            RequireText(WorkingDirectory, nameof(WorkingDirectory), "the working directory");
        }

        RefuseZero(ArgumentZero, nameof(ArgumentZero), "argument 0");
        for (int i = 0; i < Arguments.Count; i++)
        {
            if (Arguments[i] is null || Arguments[i].Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"Cannot start '{FileName}': argument {i + 1} {(Arguments[i] is null ? "is null" : "contains a zero character")}. "
                    + "Arguments are text up to the first zero; send binary data through standard input or a file.",
                    nameof(Arguments));
            }
        }

        if (Environment is not null)
        {
            foreach (KeyValuePair<string, string> variable in Environment)
            {
                if (FaultOf(variable.Key, variable.Value) is string fault)
                {
                    throw new ArgumentException(
                        $"Cannot start '{FileName}': environment variable '{variable.Key.Replace('\0', '?')}' has {fault}.",
                        nameof(Environment));
                }
            }
        }

        if (ExtraEnvironment is not null)
        {
            foreach (KeyValuePair<string, string?> variable in ExtraEnvironment)
            {
                if (FaultOf(variable.Key, variable.Value ?? "") is string fault)
                {
                    throw new ArgumentException(
                        $"Cannot start '{FileName}': the change of environment variable '{variable.Key.Replace('\0', '?')}' has {fault}.",
                        nameof(ExtraEnvironment));
                }
            }
        }

        ValidateDescriptors();
    }

    private static string? FaultOf(string name, string? value) =>
        name.Length == 0 ? "an empty name"
        : name.Contains('=', StringComparison.Ordinal) ? "'=' in its name, where the value would begin"
        : name.Contains('\0', StringComparison.Ordinal) ? "a zero character in its name"
        : value is null ? "no value (leave the variable out instead)"
        : value.Contains('\0', StringComparison.Ordinal) ? "a zero character in its value"
        : null;

    private void ValidateDescriptors()
    {
        RefuseInvalid(StandardInput, nameof(StandardInput));
        RefuseInvalid(StandardOutput, nameof(StandardOutput));
        RefuseInvalid(StandardError, nameof(StandardError));
        for (int i = 0; i < Inherited.Count; i++)
        {
            InheritedDescriptor item = Inherited[i];
            if (item.Handle is null)
            {
                throw new ArgumentException($"Cannot start '{FileName}': Inherited[{i}] has no handle.", nameof(Inherited));
            }

            RefuseInvalid(item.Handle, $"Inherited[{i}]");
            if (item.Number is < FirstInheritable or > LastInheritable)
            {
                throw new ArgumentException(
                    $"Cannot start '{FileName}': Inherited[{i}] asks for number {item.Number} in the child. "
                    + $"Numbers go from {FirstInheritable} to {LastInheritable}; 0 to 2 are the Standard properties.",
                    nameof(Inherited));
            }

            for (int j = 0; j < i; j++)
            {
                if (Inherited[j].Number == item.Number)
                {
                    throw new ArgumentException(
                        $"Cannot start '{FileName}': Inherited[{j}] and Inherited[{i}] both ask for number {item.Number} in the child.",
                        nameof(Inherited));
                }
            }
        }
    }

    private void RefuseInvalid(SafeHandle? handle, string name)
    {
        if (handle is not null && (handle.IsInvalid || handle.IsClosed))
        {
            throw new ArgumentException($"Cannot start '{FileName}': the handle of {name} is closed or invalid.", name);
        }
    }

    private void RequireText(string text, string name, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, name);
        RefuseZero(text, name, what);
    }

    private void RefuseZero(string? text, string name, string what)
    {
        if (text is not null && text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"Cannot start '{FileName.Replace('\0', '?')}': the text of {what} contains a zero character.", name);
        }
    }
}
