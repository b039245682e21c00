using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary>Turns a command line and options into a running child with its pipes, on Windows.</summary>
internal static class WindowsLauncher
{
    /// <summary>Starts a child: <see cref="Launcher.Start"/> on Windows.</summary>
    /// <param name="command">What to start.</param>
    /// <param name="options">With what.</param>
    /// <returns>The child; the caller owns it.</returns>
    internal static LaunchedChild Start(CommandLine command, PopenOptions options)
    {
        WindowsOptions.RefusePosix(command, options);
        using var streams = new WindowsStreams(options);
        ChildProcess child = ChildProcess.Start(Describe(command, options) with
        {
            StandardInput = streams.Input,
            StandardOutput = streams.Output,
            StandardError = streams.Error,
        });
        return new LaunchedChild
        {
            Process = child,
            Stdin = streams.TakeToChild(),
            Stdout = streams.TakeFromOutput(),
            Stderr = streams.TakeFromError(),
        };
    }

    private static ChildStartInfo Describe(CommandLine command, PopenOptions options)
    {
        StartupInfo startup = options.StartupInfo ?? new StartupInfo();
        bool showsWindow = startup.Flags.HasFlag(StartupFlags.UseShowWindow);
        var windows = new WindowsStartOptions
        {
            CommandLine = command.WindowsText,
            CreationFlags = (uint)options.CreationFlags,

            // As in Python, a shell brings no window unless one is asked for.
            StartupFlags = (uint)(command.IsShell ? startup.Flags | StartupFlags.UseShowWindow : startup.Flags),
            ShowWindow = (ushort)(command.IsShell && !showsWindow ? ShowWindow.Hide : startup.ShowWindow),
            Inherited = [.. options.PassHandles.Select(static passed => passed.Handle), .. startup.HandleList],
            InheritAll = !options.CloseFds && startup.HandleList.Count == 0,
            KillOnParentExit = options.KillOnParentExit,
        };
        var startInfo = new ChildStartInfo
        {
            FileName = options.Executable ?? command.FileName,
            ArgumentZero = command.FileName,
            Arguments = [.. command.Skip(1)],
            Environment = WindowsOptions.Environment(options),
            WorkingDirectory = options.Cwd,
            NewProcessGroup = options.ProcessGroup == 0,
            Windows = windows,
        };
        return command.IsShell ? WindowsShell.Describe(command, options, startInfo, windows) : startInfo;
    }
}
