using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary>A started child and this process's ends of its pipes. Whoever gets it owns all of it.</summary>
internal sealed class LaunchedChild : IDisposable
{
    /// <summary>The child.</summary>
    internal required ChildProcess Process { get; init; }

    /// <summary>Where to write what the child reads; null when its input is no pipe of ours.</summary>
    internal SafeFileHandle? Stdin { get; init; }

    /// <summary>Where to read what the child writes; null when its output is no pipe of ours.</summary>
    internal SafeFileHandle? Stdout { get; init; }

    /// <summary>Where to read what the child writes to standard error; null when it is no pipe of ours.</summary>
    internal SafeFileHandle? Stderr { get; init; }

    /// <summary>Both directions of the child's terminal; null without one. The three above are null then, where they are it.</summary>
    internal SafeFileHandle? Terminal { get; init; }

    /// <summary>Releases the handles. The child goes on.</summary>
    public void Dispose()
    {
        Stdin?.Dispose();
        Stdout?.Dispose();
        Stderr?.Dispose();
        Terminal?.Dispose();
        Process.Dispose();
    }
}
