using System.Runtime.InteropServices;

namespace Telar.Internal.Processes;

/// <summary>What only Windows has at the start of a child.</summary>
internal sealed record WindowsStartOptions
{
    /// <summary>The command line, as the child gets it.</summary>
    /// <value>Default null: made of <see cref="ChildStartInfo.ArgumentZero"/> and <see cref="ChildStartInfo.Arguments"/>.</value>
    internal string? CommandLine { get; init; }

    /// <summary>Flags and priority class of CreateProcess.</summary>
    /// <value>Default 0.</value>
    internal uint CreationFlags { get; init; }

    /// <summary>Flags of STARTUPINFO.</summary>
    /// <value>Default 0. Whether the standard handles apply is decided here, not by the flag.</value>
    internal uint StartupFlags { get; init; }

    /// <summary>State of the child's window, if <see cref="StartupFlags"/> say that it applies.</summary>
    /// <value>Default 0: hidden.</value>
    internal ushort ShowWindow { get; init; }

    /// <summary>Handles that the child inherits beyond the standard three, under the same numbers as here.</summary>
    /// <value>Default: none.</value>
    internal IReadOnlyList<SafeHandle> Inherited { get; init; } = [];

    /// <summary>Whether the child, and what it has started, is killed when this process ends.</summary>
    /// <value>Default false.</value>
    internal bool KillOnParentExit { get; init; }
}
