using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Telar.Interop.Kernel32;

namespace Telar.Internal.Processes;

// State machine (all transitions under _gate; see docs/design/windows.md#the-end-of-a-child)
//
//                  TryEnd                     Retire
//   Running ------------------> Ended -------------------> Retired
//   _status null                _status set                _retired
//
//   Dispose sets _disposed in any state. The handles of the process and of its job are closed by whichever comes last, Retire
//   or Dispose. BeginWatching sets _isWatched, in Running only.
//
// Invariants
//   I1  Exactly one thread leaves Running. It alone goes on to Retired and completes Exited, outside the lock and last.
//   I2  The process's handle is open while the child is not retired; so its number is not given away, and a thread that meets a
//       closed handle knows that the child has ended.
//   I3  The registered wait has a copy of the handle, which it closes itself: it may still run when the others are closed.
//   I4  A child that dies with this process is watched from its start, so that this object, and with it the job, stays alive
//       though nobody holds it: a job that is closed would end the child.
// Locks
//   Under _gate only system calls that do not wait are made.
// Ownership
//   The caller owns this object. The registered wait holds it too, from BeginWatching until the child's end.

/// <summary>A child process on Windows, by CreateProcess and a job object of its own.</summary>
/// <remarks>
/// SIGTERM and SIGKILL end the child with exit code 1, as in Python. SIGINT is Ctrl-C and SIGQUIT is Ctrl-Break, for a child that
/// leads a process group at the console of this process. Run under wine, never on Windows.
/// </remarks>
internal sealed class WindowsChildProcess : ChildProcess
{
    private const int LastSignal = 64;
    private const uint KilledExitCode = 1;

    private static readonly TimeSpan s_killPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(20);

    private readonly Lock _gate = new();
    private readonly SafeProcessHandle _process;
    private readonly WindowsJob _job;
    private readonly bool _leadsGroup;
    private ExitStatus? _status;
    private bool _isWatched;
    private bool _retired;
    private bool _disposed;

    private WindowsChildProcess(string mark, WindowsJob job, SafeProcessHandle process, int id, bool leadsGroup)
        : base(mark)
    {
        _job = job;
        _process = process;
        _leadsGroup = leadsGroup;
        Id = id;
    }

    internal override int Id { get; }

    internal override SafeHandle Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return _process;
        }
    }

    internal override ExitStatus? Status
    {
        get
        {
            _ = TryEnd();
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>Starts a program: <see cref="ChildProcess.Start"/> on Windows.</summary>
    /// <param name="startInfo">What to start; validated.</param>
    /// <returns>The child.</returns>
    internal static WindowsChildProcess StartNew(ChildStartInfo startInfo)
    {
        RefuseWhatWindowsHasNot(startInfo);
        bool diesWithUs = startInfo.Windows is { KillOnParentExit: true };
        uint flags = startInfo.Windows?.CreationFlags ?? 0;
        string mark = JobToken.Create();
        WindowsJob job = WindowsJob.Create(killOnClose: diesWithUs);
        try
        {
            SafeProcessHandle process = WindowsSpawn.Start(startInfo, mark, job, out int id);
            bool leadsGroup = startInfo.NewProcessGroup || (flags & CREATE_NEW_PROCESS_GROUP) != 0;
            var child = new WindowsChildProcess(mark, job, process, id, leadsGroup);
            if (diesWithUs)
            {
                child.BeginWatching();
            }

            return child;
        }
        catch
        {
            job.Dispose();
            throw;
        }
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

        switch (signal)
        {
            case SignalNumber.SIGTERM or SignalNumber.SIGKILL:
                Terminate(signal);
                break;
            case SignalNumber.SIGINT:
                SendConsoleEvent(CTRL_C_EVENT, "SIGINT (Ctrl-C)");
                break;
            case SignalNumber.SIGQUIT:
                SendConsoleEvent(CTRL_BREAK_EVENT, "SIGQUIT (Ctrl-Break)");
                break;
            default:
                throw new PlatformNotSupportedException(
                    $"Sending {SignalName.Of(signal)} to child {Id} failed: Windows has no such signal. "
                    + "SIGTERM and SIGKILL end a child there, SIGINT is Ctrl-C and SIGQUIT is Ctrl-Break.");
        }
    }

    internal override void KillTree()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        _job.Kill(s_killPatience);
    }

    public override void Dispose()
    {
        bool close;
        lock (_gate)
        {
            close = _retired && !_disposed;
            _disposed = true;
        }

        if (close)
        {
            Close();
        }
        else if (!TryEnd())
        {
            // Its end must come for the handles to be closed.
            BeginWatching();
        }
    }

    // On the caller's thread: a sync run takes no other.
    private protected override bool WaitForEnd(TimeSpan timeout, CancellationToken cancellationToken)
    {
        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        while (true)
        {
            TimeSpan left = timeout == Timeout.InfiniteTimeSpan ? s_longestWait : timeout - clock.GetElapsedTime(began);
            HoldOut(left < s_longestWait ? left : s_longestWait, cancellationToken);
            if (TryEnd())
            {
                WaitForCompletion();
                return true;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (timeout != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(began) >= timeout)
            {
                return false;
            }
        }
    }

    private protected override void BeginWatching()
    {
        lock (_gate)
        {
            if (_isWatched || _status is not null)
            {
                return;
            }

            // I3.
            nint self = GetCurrentProcess();
            if (!DuplicateHandle(self, _process, self, out SafeFileHandle copy, 0, inheritHandle: false, DUPLICATE_SAME_ACCESS))
            {
                throw WindowsError.LastException($"Watching child {Id} failed");
            }

            var end = new ProcessWaitHandle(copy);
            _ = ThreadPool.RegisterWaitForSingleObject(
                end, (_, _) => OnEnd(end), null, Timeout.Infinite, executeOnlyOnce: true);
            _isWatched = true;
        }
    }

    private static void RefuseWhatWindowsHasNot(ChildStartInfo startInfo)
    {
        string? option =
            startInfo.Inherited.Count > 0 ? $"{nameof(ChildStartInfo.Inherited)}: handles have no chosen numbers on Windows"
            : startInfo.NewSession ? $"{nameof(ChildStartInfo.NewSession)}: Windows has no such sessions"
            : startInfo.JoinedGroup is not null ? $"{nameof(ChildStartInfo.JoinedGroup)}: a child cannot join a group on Windows"
            : startInfo.TerminalPath is not null ? $"{nameof(ChildStartInfo.TerminalPath)}: Windows has no terminals with paths"
            : startInfo.Setup is not null ? $"{nameof(ChildStartInfo.Setup)}: the exec helper is for Linux"
            : null;
        if (option is not null)
        {
            throw new PlatformNotSupportedException($"Cannot start '{startInfo.FileName}' with {option}.");
        }
    }

    private void OnEnd(ProcessWaitHandle end)
    {
        end.Dispose();
        _ = TryEnd();
    }

    private void Terminate(int signal)
    {
        if (TerminateProcess(_process, KilledExitCode))
        {
            return;
        }

        // Of a process that is on its way to its end this is refused too, and it has its code then.
        int error = Marshal.GetLastPInvokeError();
        if (!HasExited && GetExitCodeProcess(_process, out uint code) && code == STILL_ACTIVE)
        {
            string failed = $"Sending {SignalName.Of(signal)} to child {Id} failed";
            throw error == ERROR_ACCESS_DENIED
                ? new UnauthorizedAccessException($"{failed}: this process may not end it.")
                : WindowsError.Exception(error, failed);
        }
    }

    private void SendConsoleEvent(uint controlEvent, string name)
    {
        if (!_leadsGroup)
        {
            throw new PlatformNotSupportedException(
                $"Sending {name} to child {Id} failed: Windows sends it to a process group, and this child leads none. "
                + "Start it with ProcessGroup = 0 or CreationFlags.NewProcessGroup.");
        }

        if (!GenerateConsoleCtrlEvent(controlEvent, Id) && !HasExited)
        {
            throw WindowsError.LastException(
                $"Sending {name} to child {Id} failed, which takes a console that this process and the child share");
        }
    }

    private void HoldOut(TimeSpan longest, CancellationToken cancellationToken)
    {
        bool isHeld = false;
        try
        {
            _process.DangerousAddRef(ref isHeld);
            using var end = new ProcessWaitHandle(new SafeFileHandle(_process.DangerousGetHandle(), ownsHandle: false));
            int milliseconds = (int)Math.Ceiling(Math.Max(0, longest.TotalMilliseconds));
            _ = cancellationToken.CanBeCanceled
                ? WaitHandle.WaitAny([end, cancellationToken.WaitHandle], milliseconds)
                : end.WaitOne(milliseconds) ? 0 : WaitHandle.WaitTimeout;
        }
        catch (ObjectDisposedException) when (!isHeld)
        {
            // I2.
        }
        finally
        {
            if (isHeld)
            {
                _process.DangerousRelease();
            }
        }
    }

    private bool TryEnd()
    {
        ExitStatus status;
        lock (_gate)
        {
            if (_status is not null)
            {
                return true;
            }

            if (WaitForSingleObject(_process, 0) != WAIT_OBJECT_0)
            {
                return false;
            }

            _status = status = ReadStatus_NeedsLock();
        }

        Retire(status);
        return true;
    }

    private unsafe ExitStatus ReadStatus_NeedsLock()
    {
        ExitStatus status = GetExitCodeProcess(_process, out uint code) ? ExitStatus.Exited(unchecked((int)code)) : ExitStatus.Lost();
        if (GetProcessTimes(_process, out _, out _, out long kernel, out long user))
        {
            status = status with { SystemTime = TimeSpan.FromTicks(kernel), UserTime = TimeSpan.FromTicks(user) };
        }

        var memory = new ProcessMemoryCounters { Size = (uint)sizeof(ProcessMemoryCounters) };
        bool isKnown = K32GetProcessMemoryInfo(_process, ref memory, sizeof(ProcessMemoryCounters)) && memory.PeakWorkingSetSize > 0;
        return status with { MaxResidentBytes = isKnown ? (long)memory.PeakWorkingSetSize : null };
    }

    private void Retire(ExitStatus status)
    {
        bool close;
        lock (_gate)
        {
            _retired = true;
            close = _disposed;
        }

        if (close)
        {
            Close();
        }

        CompleteExited(status);
    }

    // What the child has left running goes on, as on the other systems.
    private void Close()
    {
        _job.KeepOnClose();
        _job.Dispose();
        _process.Dispose();
    }

    private sealed class ProcessWaitHandle : WaitHandle
    {
        private readonly SafeFileHandle _owner;

        internal ProcessWaitHandle(SafeFileHandle process)
        {
            _owner = process;
            SafeWaitHandle = new SafeWaitHandle(process.DangerousGetHandle(), ownsHandle: false);
        }

        protected override void Dispose(bool explicitDisposing)
        {
            base.Dispose(explicitDisposing);
            if (explicitDisposing)
            {
                _owner.Dispose();
            }
        }
    }
}
