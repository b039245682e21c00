using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Invariants
//   I1  The call of OnEnded that sets _status completes Exited; every other returns at once.
//   I2  _process is disposed only by Dispose, and only when _status is set: disposed earlier, it would never tell the end.
//       Of a child that outlives this object, the garbage collector takes it, for which the event below holds it.
// Locks
//   _gate is a leaf: it guards _status, _disposed and _signalsSent. No member of _process is used under it, because
//   Process raises Exited under a lock of its own.
// Ownership
//   This object owns _process.

/// <summary>A child process by <see cref="Process"/>, where the native layer is not.</summary>
/// <remarks>
/// <para>What it refuses, with <see cref="PlatformNotSupportedException"/>:</para>
/// <list type="bullet">
/// <item>standard streams other than those of this process: <see cref="Process"/> makes pipes of its own;</item>
/// <item>inherited descriptors, a new session, another argument 0: <see cref="Process"/> has no such option;</item>
/// <item>on Windows, signals other than SIGKILL.</item>
/// </list>
/// <para>What it does less well, silently:</para>
/// <list type="bullet">
/// <item>the child stays in this process's group, and inherits what this process does with SIGPIPE;</item>
/// <item>descriptors that native code opened without close-on-exec are inherited;</item>
/// <item>exit code 137 and SIGKILL look the same, except for a signal that was sent through this object;</item>
/// <item>processor times and memory are not told;</item>
/// <item>outside of Linux, KillTree misses processes that have lost their parent;</item>
/// <item>a signal that meets the end of the child may, on a Unix, meet a new process with its number.</item>
/// </list>
/// <para>Run on Linux only so far: the behaviour on macOS and Windows is untested.</para>
/// </remarks>
internal sealed class FallbackChildProcess : ChildProcess
{
    private const int FileNotFound = 2;
    private const int PathNotFound = 3;
    private const int WindowsAccessDenied = 5;
    private const int ShellSignalBase = 128;
    private const int LastSignal = 64;

    private readonly Lock _gate = new();
    private readonly Process _process;
    private ExitStatus? _status;
    private ulong _signalsSent;
    private int _id;
    private bool _disposed;

    private FallbackChildProcess(Process process, string job)
        : base(job)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => OnEnded();
    }

    internal override int Id => _id;

    internal override SafeHandle Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return _process.SafeHandle;
        }
    }

    internal override ExitStatus? Status
    {
        get
        {
            if (KnownStatus is null && ProcessHasExited())
            {
                OnEnded();
            }

            return KnownStatus;
        }
    }

    private ExitStatus? KnownStatus
    {
        get
        {
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>Starts a program: <see cref="ChildProcess.Start"/> where the native layer is not.</summary>
    /// <param name="startInfo">What to start; validated.</param>
    /// <returns>The child.</returns>
    internal static FallbackChildProcess StartNew(ChildStartInfo startInfo)
    {
        RefuseWhatProcessCannot(startInfo);
        if (OperatingSystem.IsLinux())
        {
            // Process waits for ever under an ignored SIGCHLD.
            ChildSignals.KeepStatuses();
        }

        string program = Find(startInfo);
        string job = JobToken.Create();
        var child = new FallbackChildProcess(new Process { StartInfo = Describe(startInfo, program, job) }, job);
        try
        {
            _ = child._process.Start();
        }
        catch (Win32Exception e)
        {
            child._process.Dispose();
            throw Explain(startInfo, program, e);
        }

        child._id = child._process.Id;
        return child;
    }

    internal override void Signal(int signal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(signal);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal, LastSignal);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (HasExited)
        {
            return;
        }

        lock (_gate)
        {
            _signalsSent |= 1UL << (signal - 1);
        }

        if (signal == SignalNumber.SIGKILL)
        {
            _process.Kill();
        }
        else if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(
                $"Sending {SignalName.Of(signal)} to child {Id} failed: Windows has no signals; only SIGKILL ends a process there.");
        }
        else if (Interop.UnixLibc.kill(Id, signal) != 0 && Marshal.GetLastPInvokeError() == Interop.Errno.EPERM)
        {
            throw new UnauthorizedAccessException(
                $"Sending {SignalName.Of(signal)} to child {Id} failed: it runs as another user by now. "
                + "Only that user or root may signal it.");
        }
    }

    internal override void KillTree()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        lock (_gate)
        {
            _signalsSent |= 1UL << (SignalNumber.SIGKILL - 1);
        }

        if (!LinuxChildProcess.IsSupported)
        {
            _process.Kill(entireProcessTree: true);
            return;
        }

        using var descriptor = new SafeDescriptor(Interop.Libc.pidfd_open(Id));

        // Only what is still our child after the pidfd was opened was our child when it was opened.
        ProcessTree.Kill(Id, HasExited || descriptor.IsInvalid ? null : descriptor, Job);
    }

    public override void Dispose()
    {
        bool ended;
        lock (_gate)
        {
            _disposed = true;
            ended = _status is not null;
        }

        if (ended)
        {
            _process.Dispose();
        }
    }

    private static void RefuseWhatProcessCannot(ChildStartInfo startInfo)
    {
        string? option = startInfo.StandardInput is not null ? nameof(ChildStartInfo.StandardInput)
            : startInfo.StandardOutput is not null ? nameof(ChildStartInfo.StandardOutput)
            : startInfo.StandardError is not null ? nameof(ChildStartInfo.StandardError)
            : startInfo.Inherited.Count > 0 ? nameof(ChildStartInfo.Inherited)
            : startInfo.NewSession ? nameof(ChildStartInfo.NewSession)
            : startInfo.JoinedGroup is not null ? nameof(ChildStartInfo.JoinedGroup)
            : startInfo.TerminalPath is not null ? nameof(ChildStartInfo.TerminalPath)
            : startInfo.Setup?.Steps() is [ExecStep step, ..] ? step.Option
            : startInfo.ArgumentZero is not null ? nameof(ChildStartInfo.ArgumentZero)
            : null;
        if (option is not null)
        {
            throw new PlatformNotSupportedException(
                $"Cannot start '{startInfo.FileName}' with {option}: on this system children are started by "
                + "System.Diagnostics.Process, which has no such option. Linux 5.4 or later has it.");
        }
    }

    private static string Find(ChildStartInfo startInfo)
    {
        if (OperatingSystem.IsWindows())
        {
            return startInfo.FileName;
        }

        // By our own search: Process would look beside this program and in its directory first.
        string? unusable = null;
        foreach (string candidate in ProgramSearch.Candidates(startInfo))
        {
            string path = Path.GetFullPath(ProgramSearch.FromHere(candidate, startInfo));
            if (File.Exists(path) && IsExecutable(path))
            {
                return path;
            }

            unusable ??= candidate;
        }

        // What the system would have said, for the text of the error.
        int error = unusable is not null && Path.Exists(ProgramSearch.FromHere(unusable, startInfo))
            ? Interop.Errno.EACCES
            : Interop.Errno.ENOENT;
        throw StartError.Create(startInfo, unusable, error);
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Execute) != 0;
    }

    private static ProcessStartInfo Describe(ChildStartInfo startInfo, string program, string job)
    {
        var description = new ProcessStartInfo(program, startInfo.Arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = startInfo.WorkingDirectory ?? "",
        };
        if (startInfo.Environment is not null)
        {
            description.Environment.Clear();
            foreach (KeyValuePair<string, string> variable in startInfo.Environment)
            {
                description.Environment[variable.Key] = variable.Value;
            }
        }

        foreach (KeyValuePair<string, string?> variable in startInfo.ExtraEnvironment ?? ReadOnlyDictionary<string, string?>.Empty)
        {
            // A null removes it, as ours does.
            description.Environment[variable.Key] = variable.Value;
        }

        description.Environment[JobToken.VariableName] = startInfo.HasMark ? JobToken.PathOf(job) : null;
        return description;
    }

    private static Exception Explain(ChildStartInfo startInfo, string program, Win32Exception e)
    {
        if (!OperatingSystem.IsWindows())
        {
            return StartError.Create(startInfo, program, e.NativeErrorCode);
        }

        string failed = $"Cannot start '{startInfo.FileName}'";
        if (startInfo.WorkingDirectory is not null && !Directory.Exists(startInfo.WorkingDirectory))
        {
            return new DirectoryNotFoundException(
                $"{failed}: its working directory '{startInfo.WorkingDirectory}' does not exist.", e);
        }

        return e.NativeErrorCode switch
        {
            FileNotFound or PathNotFound => new FileNotFoundException($"{failed}: {e.Message}", startInfo.FileName, e),
            WindowsAccessDenied => new UnauthorizedAccessException($"{failed}: {e.Message}", e),
            _ => new IOException($"{failed}: {e.Message}", e),
        };
    }

    private bool ProcessHasExited()
    {
        try
        {
            return _process.HasExited;
        }
        catch (InvalidOperationException)
        {
            // Disposed meanwhile, and so ended (I2).
            return KnownStatus is not null;
        }
    }

    private void OnEnded()
    {
        int code;
        try
        {
            code = _process.ExitCode;
        }
        catch (InvalidOperationException) when (KnownStatus is not null)
        {
            return;
        }

        ExitStatus status;
        lock (_gate)
        {
            if (_status is not null)
            {
                return;
            }

            // Process tells a signal as a shell does, 128 + n. Whether it was one, we know only of our own.
            int signal = code - ShellSignalBase;
            bool isOurs = signal is > 0 and <= LastSignal && ((_signalsSent >> (signal - 1)) & 1) != 0;
            status = isOurs && !OperatingSystem.IsWindows() ? ExitStatus.KilledBy(signal) : ExitStatus.Exited(code);
            _status = status;
        }

        CompleteExited(status);
    }
}
