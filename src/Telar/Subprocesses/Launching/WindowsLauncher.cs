using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary><see cref="Launcher"/> on Windows: CreateProcess.</summary>
internal static class WindowsLauncher
{
    /// <inheritdoc cref="Launcher.Start"/>
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
            KillOnParentExit = options.KillOnParentExit,
        };
        var startInfo = new ChildStartInfo
        {
            FileName = options.Executable ?? command.FileName,
            ArgumentZero = command.FileName,
            Arguments = new ArraySegment<string>(command.Words, 1, command.Words.Length - 1),
            Environment = options.Env,
            ExtraEnvironment = options.ExtraEnv,
            WorkingDirectory = options.Cwd,
            NewProcessGroup = options.ProcessGroup == 0,

            // As in Python, a list of handles goes before it.
            CloseOthers = options.CloseFds || startup.HandleList.Count > 0,
            Windows = windows,
        };
        return command.IsShell ? WindowsShell.Describe(command, options, startInfo, windows) : startInfo;
    }
}
