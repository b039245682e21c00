using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary>A command of the shell on Windows: cmd, or whatever <see cref="PopenOptions.Executable"/> names.</summary>
internal static class WindowsShell
{
    /// <summary>Completes the description of a child with its shell.</summary>
    /// <param name="command">A shell command.</param>
    /// <param name="options">With what.</param>
    /// <param name="startInfo">The rest of the description.</param>
    /// <param name="windows">What only Windows has of it.</param>
    /// <returns>The whole description.</returns>
    /// <exception cref="PlatformNotSupportedException">The script has arguments, and cmd has no place for them.</exception>
    internal static ChildStartInfo Describe(
        CommandLine command, PopenOptions options, ChildStartInfo startInfo, WindowsStartOptions windows)
    {
        string shell = options.Executable ?? WindowsProgramSearch.Shell();
        if (!IsCmd(shell))
        {
            // PowerShell and the ports of Unix shells agree on -c.
            return startInfo with { FileName = shell, ArgumentZero = shell, Arguments = ["-c", .. command.Words] };
        }

        if (command.Count > 1)
        {
            throw new PlatformNotSupportedException(
                "Cannot run a script of cmd with arguments: it has no $0, $1 as Unix shells have, and no safe quoting. Hand the data "
                + "over in environment variables, or name another shell by Executable.");
        }

        // /d: nothing of AutoRun. /s with the outer quotes: cmd takes what is between them as it is.
        return startInfo with
        {
            FileName = shell,
            ArgumentZero = shell,
            Windows = windows with { CommandLine = $"{WindowsArguments.Join([shell])} /d /s /c \"{command.FileName}\"" },
        };
    }

    private static bool IsCmd(string shell)
    {
        string name = shell[(shell.LastIndexOfAny(['\\', '/']) + 1)..];
        return name.Equals("cmd", StringComparison.OrdinalIgnoreCase) || name.Equals("cmd.exe", StringComparison.OrdinalIgnoreCase);
    }
}
