using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;
using static Telar.Interop.Kernel32;

namespace Telar.Subprocesses.Launching;

/// <summary>The three standard streams of one start on Windows. It closes what it has opened, except the ends that are taken.</summary>
internal sealed class WindowsStreams : IDisposable
{
    private const uint ShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    private const int OwnOutput = -11;

    private readonly List<IDisposable> _opened = [];
    private SafeFileHandle? _toChild;
    private SafeFileHandle? _fromOutput;
    private SafeFileHandle? _fromError;

    /// <summary>Opens the streams.</summary>
    /// <param name="options">The choices.</param>
    internal WindowsStreams(PopenOptions options)
    {
        StartupInfo? startup = options.StartupInfo is { } info && info.Flags.HasFlag(StartupFlags.UseStdHandles) ? info : null;
        try
        {
            Input = OpenInput(options.Stdin, options.PipeSize) ?? startup?.StdInput;
            Output = OpenOutput(options.Stdout, options.PipeSize, ref _fromOutput) ?? startup?.StdOutput;
            Error = options.Stderr is MergeStdio
                ? Output ?? new SafeFileHandle(GetStdHandle(OwnOutput), ownsHandle: false)
                : OpenOutput(options.Stderr, options.PipeSize, ref _fromError) ?? startup?.StdError;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The child's standard input; null: that of this process.</summary>
    internal SafeHandle? Input { get; }

    /// <summary>The child's standard output; null: that of this process.</summary>
    internal SafeHandle? Output { get; }

    /// <summary>The child's standard error; null: that of this process.</summary>
    internal SafeHandle? Error { get; }

    /// <summary>Gives our end of standard input away.</summary>
    /// <returns>The end; null when it is no pipe.</returns>
    internal SafeFileHandle? TakeToChild() => Take(ref _toChild);

    /// <summary>Gives our end of standard output away.</summary>
    /// <returns>The end; null when it is no pipe.</returns>
    internal SafeFileHandle? TakeFromOutput() => Take(ref _fromOutput);

    /// <summary>Gives our end of standard error away.</summary>
    /// <returns>The end; null when it is no pipe.</returns>
    internal SafeFileHandle? TakeFromError() => Take(ref _fromError);

    /// <summary>Closes what was opened for the child, and the ends of ours that nobody has taken.</summary>
    public void Dispose()
    {
        _opened.ForEach(static handle => handle.Dispose());
        _toChild?.Dispose();
        _fromOutput?.Dispose();
        _fromError?.Dispose();
    }

    private static SafeFileHandle? Take(ref SafeFileHandle? end)
    {
        SafeFileHandle? taken = end;
        end = null;
        return taken;
    }

    private SafeHandle? OpenInput(Stdio? choice, int? pipeSize)
    {
        switch (choice)
        {
            case null or InheritStdio:
                return null;
            case HandleStdio handle:
                return handle.Target;
            case DevNullStdio:
                return OpenFile("NUL", GENERIC_READ, OPEN_EXISTING);
            case FileStdio file:
                return OpenFile(file.Path, GENERIC_READ, OPEN_EXISTING);
            case PipeStdio:
                WindowsPipe pipe = WindowsPipe.Create(toChild: true, pipeSize);
                _toChild = pipe.Ours;
                _opened.Add(pipe.Childs);
                return pipe.Childs;
            default:
                throw new ArgumentException($"{choice} is no source for standard input.");
        }
    }

    private SafeHandle? OpenOutput(Stdio? choice, int? pipeSize, ref SafeFileHandle? ours)
    {
        switch (choice)
        {
            case null or InheritStdio:
                return null;
            case HandleStdio handle:
                return handle.Target;
            case DevNullStdio:
                return OpenFile("NUL", GENERIC_WRITE, OPEN_EXISTING);
            case FileStdio { Append: true } file:
                // This right alone makes every write an append, whoever else writes.
                return OpenFile(file.Path, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE, OPEN_ALWAYS);
            case FileStdio file:
                return OpenFile(file.Path, GENERIC_WRITE | FILE_READ_ATTRIBUTES, CREATE_ALWAYS);
            case MergeStdio:
                throw new ArgumentException("Stdio.Stdout is only for standard error: standard output cannot lead where it leads itself.");
            default:
                WindowsPipe pipe = WindowsPipe.Create(toChild: false, pipeSize);
                ours = pipe.Ours;
                _opened.Add(pipe.Childs);
                return pipe.Childs;
        }
    }

    private SafeFileHandle OpenFile(string path, uint access, uint disposition)
    {
        SafeFileHandle file = CreateFileW(path, access, ShareAll, 0, disposition, FILE_ATTRIBUTE_NORMAL, 0);
        if (file.IsInvalid)
        {
            throw FileFault(path, Marshal.GetLastPInvokeError());
        }

        _opened.Add(file);
        return file;
    }

    private static Exception FileFault(string path, int error)
    {
        string failed = $"Opening '{path}' for a child failed: {WindowsError.Describe(error)}.";
        return error switch
        {
            ERROR_FILE_NOT_FOUND => new FileNotFoundException(failed, path),
            ERROR_PATH_NOT_FOUND => new DirectoryNotFoundException(failed),
            ERROR_ACCESS_DENIED => new UnauthorizedAccessException(failed),
            _ => WindowsError.Exception(error, $"Opening '{path}' for a child failed"),
        };
    }
}
