using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary>A started child and this process's ends of its pipes. Whoever gets it owns all of it.</summary>
/// <remarks>
/// The ends block, until their owner makes them non-blocking: each has a file description of its own, which the child does not
/// share. A read of <see cref="Terminal"/> fails with EIO when nobody has the child's side open any more: that is its end, the
/// same as 0 bytes of a pipe. Before, all that was written is read. Closing it hangs the terminal up: what runs there gets
/// SIGHUP. The end of the child's input on a terminal is the character 4 (Ctrl-D) at the beginning of a line, not a close.
/// </remarks>
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

    /// <summary>Changes the size of the terminal; what runs in its foreground gets SIGWINCH.</summary>
    /// <param name="columns">The width in characters, 1 to 65535.</param>
    /// <param name="rows">The height in lines, 1 to 65535.</param>
    /// <exception cref="InvalidOperationException">The child has no terminal.</exception>
    /// <exception cref="IOException">The system refused.</exception>
    internal void ResizeTerminal(int columns, int rows)
    {
        RequireSize(columns, nameof(columns));
        RequireSize(rows, nameof(rows));
        PseudoTerminal.Resize(
            Terminal ?? throw new InvalidOperationException(
                $"Cannot resize the terminal of child {Process.Id}: it has none. Start it with the option Pty."),
            columns,
            rows);
    }

    /// <summary>Kills the child and what it has started, and releases the handles.</summary>
    internal void KillAndDispose()
    {
        try
        {
            Process.KillTree();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // It has become another user's. It is reaped all the same at its end.
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Releases the handles. The child goes on.</summary>
    public void Dispose()
    {
        Stdin?.Dispose();
        Stdout?.Dispose();
        Stderr?.Dispose();
        Terminal?.Dispose();
        Process.Dispose();
    }

    /// <summary>Refuses what is no size of a terminal.</summary>
    /// <param name="value">The number of characters or lines.</param>
    /// <param name="name">Which it is.</param>
    internal static void RequireSize(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue, name);
    }
}
