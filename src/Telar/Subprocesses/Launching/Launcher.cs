using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

/// <summary>Turns a command line and options into a running child with its pipes.</summary>
internal static class Launcher
{
    /// <summary>Starts a child.</summary>
    /// <param name="command">What to start.</param>
    /// <param name="options">With what. <see cref="Stdio.Stream"/>, Lines, Tee and Pipe all mean a pipe here.</param>
    /// <returns>The child; the caller owns it.</returns>
    /// <remarks>When it fails nothing is left: no child, no pipe. Handles of the caller stay as they were.</remarks>
    internal static LaunchedChild Start(CommandLine command, PopenOptions options)
    {
        if (OperatingSystem.IsWindows())
        {
            return WindowsLauncher.Start(command, options);
        }

        var opened = new List<SafeHandle>();
        var ours = new List<SafeHandle>();
        try
        {
            SafeHandle? stdin = Input(options.Stdin, opened, ours, out SafeFileHandle? toChild);
            SafeHandle? stdout = Output(options.Stdout, null, opened, ours, out SafeFileHandle? fromStdout);
            SafeHandle? stderr = Output(options.Stderr, stdout, opened, ours, out SafeFileHandle? fromStderr);
            ChildProcess child = ChildProcess.Start(new ChildStartInfo
            {
                FileName = options.Executable ?? (command.IsShell ? "/bin/sh" : command.FileName),
                ArgumentZero = command.IsShell ? null : command.FileName,
                Arguments = command.IsShell ? ["-c", .. command] : [.. command.Skip(1)],
                Environment = options.Env,
                WorkingDirectory = options.Cwd,
                StandardInput = stdin,
                StandardOutput = stdout,
                StandardError = stderr,
                NewProcessGroup = options.ProcessGroup == 0,
                NewSession = options.StartNewSession,
                RestoreSignals = options.RestoreSignals,
                SpawnOnCallingThread = !options.KillOnParentExit,
            });
            ours.Clear();
            return new LaunchedChild { Process = child, Stdin = toChild, Stdout = fromStdout, Stderr = fromStderr };
        }
        finally
        {
            opened.ForEach(handle => handle.Dispose());
            ours.ForEach(handle => handle.Dispose());
        }
    }

    private static SafeHandle? Input(Stdio? choice, List<SafeHandle> opened, List<SafeHandle> ours, out SafeFileHandle? end)
    {
        end = null;
        switch (choice)
        {
            case null or InheritStdio:
                return null;
            case HandleStdio handle:
                return handle.Target;
            case DevNullStdio:
                opened.Add(File.OpenHandle("/dev/null"));
                return opened[^1];
            case FileStdio file:
                opened.Add(File.OpenHandle(file.Path));
                return opened[^1];
            case PipeStdio:
                Pipe pipe = Pipe.Create();
                opened.Add(pipe.Reader);
                ours.Add(end = pipe.Writer);
                return pipe.Reader;
            default:
                throw new ArgumentException($"{choice} is no source for standard input.");
        }
    }

    private static SafeHandle? Output(
        Stdio? choice, SafeHandle? stdout, List<SafeHandle> opened, List<SafeHandle> ours, out SafeFileHandle? end)
    {
        end = null;
        switch (choice)
        {
            case null or InheritStdio:
                return null;
            case MergeStdio:
                return stdout ?? new SafeFileHandle(1, ownsHandle: false);
            case HandleStdio handle:
                return handle.Target;
            case DevNullStdio:
                opened.Add(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
                return opened[^1];
            case FileStdio file:
                opened.Add(File.OpenHandle(
                    file.Path, file.Append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.ReadWrite));
                return opened[^1];
            default:
                Pipe pipe = Pipe.Create();
                opened.Add(pipe.Writer);
                ours.Add(end = pipe.Reader);
                return pipe.Writer;
        }
    }
}
