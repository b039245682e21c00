namespace Telar.Subprocesses.Launching;

/// <summary>Turns a command line and options into a running child with its pipes.</summary>
internal static class Launcher
{
    /// <summary>Starts a child.</summary>
    /// <param name="command">What to start.</param>
    /// <param name="options">With what. <see cref="Stdio.Stream"/>, Lines, Tee and Pipe all mean a pipe here.</param>
    /// <param name="callerStays">
    /// Whether the calling thread lives longer than the child, because it waits for it. Then it starts the child itself.
    /// Otherwise the immortal spawner thread does: a program that asks to be killed with its parent (bwrap
    /// --die-with-parent, setpriv --pdeathsig) is bound to the thread that has started it, and would end with a pool thread.
    /// </param>
    /// <returns>The child; the caller owns it.</returns>
    /// <remarks>When it fails nothing is left: no child, no pipe. Handles of the caller stay as they were.</remarks>
    /// <exception cref="ArgumentException">An option or a handle is not usable; the message says which.</exception>
    /// <exception cref="KeyNotFoundException">There is no user or group of that name.</exception>
    /// <exception cref="FileNotFoundException">There is no such program, not the interpreter that it needs, or no such input file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such working directory.</exception>
    /// <exception cref="UnauthorizedAccessException">A right is missing: to the program, the directory, a file, or for an option.</exception>
    /// <exception cref="PlatformNotSupportedException">An option cannot be had on this system; the message says why.</exception>
    /// <exception cref="IOException">Anything else; the message names the error.</exception>
    internal static LaunchedChild Start(CommandLine command, PopenOptions options, bool callerStays = false) =>
        OperatingSystem.IsWindows() ? WindowsLauncher.Start(command, options)
        : command.WindowsText is null ? LinuxLauncher.Start(command, options, callerStays)
        : throw new PlatformNotSupportedException(
            $"Cannot start '{command.FileName}': CommandLine.RawWindows is one text, which only Windows gives to a program. "
            + "CommandLine.FromWindows makes words of it.");
}
