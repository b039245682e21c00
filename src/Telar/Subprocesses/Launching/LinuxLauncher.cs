using System.Runtime.InteropServices;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary><see cref="Launcher"/> on Linux: posix_spawn, and the exec helper for what that cannot say.</summary>
internal static class LinuxLauncher
{
    private const string Shell = "/bin/sh";
    private const int FirstNonStandard = 3;

    /// <inheritdoc cref="Launcher.Start"/>
    internal static LaunchedChild Start(CommandLine command, PopenOptions options, bool callerStays)
    {
        string program = options.Executable ?? (command.IsShell ? Shell : command.FileName);
        Validate(program, options);
        ChildSetup? setup = SetupOf(program, options);
        using var streams = new ChildStreams(program, options);
        ChildProcess child = ChildProcess.Start(new ChildStartInfo
        {
            FileName = program,

            // A shell sees its own path as its name, whatever was chosen as one.
            ArgumentZero = command.IsShell ? null : command.FileName,
            Arguments = command.IsShell ? ["-c", .. command.Words] : new ArraySegment<string>(command.Words, 1, command.Words.Length - 1),
            Environment = options.Env,
            ExtraEnvironment = options.ExtraEnv,
            WorkingDirectory = options.Cwd,
            StandardInput = streams.Input,
            StandardOutput = streams.Output,
            StandardError = streams.Error,
            TerminalPath = streams.TerminalPath,
            Inherited = PassedHandles(program, options),
            CloseOthers = options.CloseFds,
            NewProcessGroup = options.ProcessGroup == 0,
            JoinedGroup = options.ProcessGroup is 0 ? null : options.ProcessGroup,
            NewSession = options.StartNewSession || options.Pty is not null,
            RestoreSignals = options.RestoreSignals,
            SpawnOnCallingThread = callerStays && !options.KillOnParentExit,
            Setup = setup,
        });
        return streams.HandOver(child);
    }

    private static void Validate(string program, PopenOptions options)
    {
        string? windows = options.StartupInfo is not null ? nameof(PopenOptions.StartupInfo)
            : options.CreationFlags != 0 ? nameof(PopenOptions.CreationFlags)
            : null;
        if (windows is not null)
        {
            throw new PlatformNotSupportedException(
                $"Cannot start '{program}' with {windows}: it is an option of CreateProcess, which only Windows has. "
                + "Set it only where OperatingSystem.IsWindows() says so.");
        }

        if (options.ProcessGroup is int group)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(group, nameof(options.ProcessGroup));
            if (options.StartNewSession || options.Pty is not null)
            {
                throw new ArgumentException(
                    $"Cannot start '{program}' with ProcessGroup and {(options.Pty is null ? "StartNewSession" : "Pty")}: the leader of "
                    + "a new session leads a new group too, and cannot change it. Leave ProcessGroup out.",
                    nameof(options));
            }
        }

        if (options.PipeSize is int size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(options.PipeSize));
        }
    }

    private static ChildSetup? SetupOf(string program, PopenOptions options)
    {
        bool isNeeded = options.User is not null || options.Group is not null || options.ExtraGroups is not null
            || options.Umask is not null || options.Nice is not null || options.Limits is not null || options.KillOnParentExit;
        if (!isNeeded)
        {
            return null;
        }

        if (options.Nice is int nice)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(nice, -20, nameof(options.Nice));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(nice, 19, nameof(options.Nice));
        }

        return new ChildSetup
        {
            User = options.User is UserId user ? (Accounts.NumberOf(user, program), user.ToString()) : null,
            Group = options.Group is GroupId group ? (Accounts.NumberOf(group, program), group.ToString()) : null,
            ExtraGroups = options.ExtraGroups?.Select(extra => Accounts.NumberOf(extra, program)).ToArray(),
            Umask = (int?)options.Umask,
            Nice = options.Nice,
            Limits = options.Limits?.ToChildLimits() ?? [],
            DiesWithParent = options.KillOnParentExit,
        };
    }

    private static List<InheritedDescriptor> PassedHandles(string program, PopenOptions options)
    {
        if (options.PassHandles.Count == 0)
        {
            return [];
        }

        var passed = new List<InheritedDescriptor>(options.PassHandles.Count);
        for (int i = 0; i < options.PassHandles.Count; i++)
        {
            (SafeHandle handle, int? chosen) = options.PassHandles[i];
            if (handle is null || handle.IsInvalid || handle.IsClosed)
            {
                throw new ArgumentException(
                    $"Cannot start '{program}': the handle of PassHandles[{i}] is {(handle is null ? "null" : "closed or invalid")}.",
                    nameof(options));
            }

            int here = (int)handle.DangerousGetHandle();
            int number = chosen ?? here;
            bool isStandard = number < FirstNonStandard;
            if (isStandard && chosen is not null)
            {
                throw new ArgumentException(
                    $"Cannot start '{program}': PassHandles[{i}] asks for number {number} in the child. Numbers 0 to 2 are Stdin, Stdout "
                    + "and Stderr: set Stdio.Handle there.",
                    nameof(options));
            }

            // A standard stream of this process is the child's anyhow, unless another was chosen; and twice is once.
            bool isThere = isStandard
                || passed.Exists(other => other.Number == number && other.Handle.DangerousGetHandle() == handle.DangerousGetHandle());
            if (!isThere)
            {
                passed.Add(new InheritedDescriptor(handle, number));
            }
        }

        return passed;
    }
}
