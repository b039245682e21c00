namespace Telar.Subprocesses.Launching;

/// <summary>What becomes of the options on Windows.</summary>
internal static class WindowsOptions
{
    /// <summary>Refuses options that have no meaning on Windows. None is ignored, except a pipe's size, which is a wish.</summary>
    /// <param name="command">What is to be started.</param>
    /// <param name="options">With what.</param>
    /// <exception cref="PlatformNotSupportedException">An option is set that Windows has not; the message says which and why.</exception>
    internal static void RefusePosix(CommandLine command, PopenOptions options)
    {
        string? reason =
            options.User is not null ? $"{nameof(options.User)}: Windows starts programs as another user only with a password"
            : options.Group is not null ? $"{nameof(options.Group)}: a process on Windows has no group of users"
            : options.ExtraGroups is not null ? $"{nameof(options.ExtraGroups)}: a process on Windows has no groups of users to choose"
            : options.Umask is not null ? $"{nameof(options.Umask)}: files on Windows inherit their permissions from their folder"
            : options.Limits is not null ? $"{nameof(options.Limits)}: Windows has no resource limits of this kind"
            : options.Nice is not null ? $"{nameof(options.Nice)}: Windows has priority classes instead; set one by CreationFlags"
            : options.Pty is not null ? $"{nameof(options.Pty)}: terminals are offered on Linux only"
            : options.StartNewSession
                ? $"{nameof(options.StartNewSession)}: Windows has no such sessions; CreationFlags.Detached or NewConsole come near"
            : options.ProcessGroup is not (null or 0)
                ? $"{nameof(options.ProcessGroup)} {options.ProcessGroup}: a child on Windows can lead a group (0), but not join one"
            : !options.RestoreSignals ? $"{nameof(options.RestoreSignals)} off: programs on Windows inherit no signals"
            : options.PassHandles.Any(static passed => passed.Number is not null)
                ? $"{nameof(options.PassHandles)} under another number: a handle keeps its number on Windows"
            : null;
        if (reason is not null)
        {
            throw new PlatformNotSupportedException($"Cannot start '{command.FileName}' with {reason}.");
        }

        if (options.PipeSize is int size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(options.PipeSize));
        }
    }
}
