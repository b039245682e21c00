using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Launching;

// Ownership
//   What was opened for the child is closed by Dispose, whether it has started or not. Our own ends are closed by it too, unless
//   HandOver has given them away. Handles of the user are never closed.

/// <summary>The standard streams of one start: what was opened for the child, and our ends of it.</summary>
internal sealed class ChildStreams : IDisposable
{
    private const int StandardOutputNumber = 1;
    private const int NewFileMode = 0x1B6; // rw-rw-rw-, less the umask

    private readonly string _program;
    private readonly PopenOptions _options;
    private readonly bool[] _isOpened = new bool[3];
    private SafeFileHandle? _toInput;
    private SafeFileHandle? _fromOutput;
    private SafeFileHandle? _fromError;
    private SafeFileHandle? _terminal;

    /// <summary>Opens what the options ask for.</summary>
    /// <param name="program">What is to be started, for messages.</param>
    /// <param name="options">With what.</param>
    /// <exception cref="ArgumentException">A choice is not one for this stream.</exception>
    /// <exception cref="IOException">Something could not be opened; nothing is left open.</exception>
    internal ChildStreams(string program, PopenOptions options)
    {
        _program = program;
        _options = options;
        try
        {
            if (options.Pty is PtyOptions pty)
            {
                LaunchedChild.RequireSize(pty.Columns, nameof(pty.Columns));
                LaunchedChild.RequireSize(pty.Rows, nameof(pty.Rows));
                _terminal = PseudoTerminal.Create(pty.Columns, pty.Rows, pty.Echo, out string path);
                TerminalPath = path;
            }

            Input = OpenInput();
            Output = OpenOutput(options.Stdout, nameof(options.Stdout), 1, out _fromOutput);
            Error = OpenOutput(options.Stderr, nameof(options.Stderr), 2, out _fromError);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The child's descriptor 0; null: that of this process, or the terminal.</summary>
    internal SafeHandle? Input { get; }

    /// <summary>The child's descriptor 1; null: that of this process, or the terminal.</summary>
    internal SafeHandle? Output { get; }

    /// <summary>The child's descriptor 2; null: that of this process, or the terminal.</summary>
    internal SafeHandle? Error { get; }

    /// <summary>The child's terminal, or null.</summary>
    internal string? TerminalPath { get; }

    /// <summary>Gives our ends away, with the child that has started.</summary>
    /// <param name="child">The child.</param>
    /// <returns>All of it; the caller owns it.</returns>
    internal LaunchedChild HandOver(ChildProcess child)
    {
        var launched = new LaunchedChild
        {
            Process = child,
            Stdin = _toInput,
            Stdout = _fromOutput,
            Stderr = _fromError,
            Terminal = _terminal,
        };
        (_toInput, _fromOutput, _fromError, _terminal) = (null, null, null, null);
        return launched;
    }

    public void Dispose()
    {
        CloseOpened(Input, 0);
        CloseOpened(Output, 1);
        CloseOpened(Error, 2);
        _toInput?.Dispose();
        _fromOutput?.Dispose();
        _fromError?.Dispose();
        _terminal?.Dispose();
    }

    private SafeHandle? OpenInput()
    {
        switch (_options.Stdin)
        {
            case null or InheritStdio:
                return null;
            case PipeStdio when _terminal is not null:
                return null;
            case PipeStdio:
                Pipe pipe = OpenPipe();
                _toInput = pipe.Writer;
                return Opened(0, pipe.Reader);
            case DevNullStdio:
                return Opened(0, OpenFile("/dev/null", Interop.Libc.O_RDONLY, nameof(PopenOptions.Stdin)));
            case FileStdio file:
                return Opened(0, OpenFile(file.Path, Interop.Libc.O_RDONLY, nameof(PopenOptions.Stdin)));
            case HandleStdio handle:
                return Usable(handle.Target, nameof(PopenOptions.Stdin));
            default:
                throw new ArgumentException(
                    $"Cannot start '{_program}': Stdin cannot be {NameOf(_options.Stdin)}, which is a place for output. Choose Inherit, Pipe, "
                    + "DevNull, File or Handle, or give the input to Run or Communicate.");
        }
    }

    private SafeHandle? OpenOutput(Stdio? choice, string stream, int number, out SafeFileHandle? end)
    {
        end = null;
        switch (choice)
        {
            case null or InheritStdio:
                return null;
            case PipeStdio when _terminal is not null:
                return null;
            case MergeStdio when number == StandardOutputNumber:
                throw new ArgumentException(
                    $"Cannot start '{_program}': Stdout cannot be Stdio.Stdout, which sends standard error where standard output leads. "
                    + "Set it as Stderr.");
            case MergeStdio:
                // The same as standard output, which without a handle is that of this process or the terminal.
                return Output ?? (_terminal is null ? new SafeFileHandle(StandardOutputNumber, ownsHandle: false) : null);
            case DevNullStdio:
                return Opened(number, OpenFile("/dev/null", Interop.Libc.O_WRONLY, stream));
            case FileStdio file:
                int flags = Interop.Libc.O_WRONLY | Interop.Libc.O_CREAT
                    | (file.Append ? Interop.Libc.O_APPEND : Interop.Libc.O_TRUNC);
                return Opened(number, OpenFile(file.Path, flags, stream));
            case HandleStdio handle:
                return Usable(handle.Target, stream);
            default:
                Pipe pipe = OpenPipe();
                end = pipe.Reader;
                return Opened(number, pipe.Writer);
        }
    }

    private SafeHandle Opened(int number, SafeHandle handle)
    {
        _isOpened[number] = true;
        return handle;
    }

    private void CloseOpened(SafeHandle? handle, int number)
    {
        if (_isOpened[number])
        {
            handle?.Dispose();
        }
    }

    private SafeHandle Usable(SafeHandle handle, string stream) =>
        handle.IsInvalid || handle.IsClosed
            ? throw new ArgumentException($"Cannot start '{_program}': the handle of {stream} is closed or invalid.")
            : handle;

    private Pipe OpenPipe()
    {
        Pipe pipe = Pipe.Create();
        if (_options.PipeSize is int size && Interop.Libc.fcntl(pipe.Writer, Interop.Libc.F_SETPIPE_SZ, size) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            pipe.Dispose();
            throw NativeError.Exception(
                error,
                $"Cannot start '{_program}': making a pipe of {size} bytes (PipeSize) failed. /proc/sys/fs/pipe-max-size is the most for "
                + "one, pipe-user-pages-soft for all of a user");
        }

        return pipe;
    }

    private SafeFileHandle OpenFile(string path, int flags, string stream)
    {
        const int Common = Interop.Libc.O_CLOEXEC | Interop.Libc.O_NOCTTY;
        while (true)
        {
            SafeFileHandle file = Interop.Libc.open(path, flags | Common, NewFileMode);
            if (!file.IsInvalid)
            {
                return file;
            }

            int error = Marshal.GetLastPInvokeError();
            file.Dispose();
            string message = $"Cannot start '{_program}': opening '{path}' for {stream} failed: {NativeError.Describe(error)}.{NativeError.Advice(error)}";
            switch (error)
            {
                case Interop.Errno.EINTR:
                    continue;
                case Interop.Errno.ENOENT:
                    throw new FileNotFoundException(message, path);
                case Interop.Errno.EACCES or Interop.Errno.EPERM or Interop.Errno.EROFS:
                    throw new UnauthorizedAccessException(message) { HResult = error };
                default:
                    throw new IOException(message, error);
            }
        }
    }

    private static string NameOf(Stdio choice) => $"Stdio.{choice.GetType().Name.Replace("Stdio", "", StringComparison.Ordinal)}";
}
