using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// State machine (all transitions under _gate; see docs/design/child-processes.md#the-end-of-a-child)
//
//                  TryReap                    Retire
//   Running ------------------> Reaped ------------------> Retired
//   _status null                _status set                _retired
//
//   Dispose sets _disposed in any state. The pidfd is closed by whichever comes last, Retire or Dispose.
//   BeginWatching sets _isWatched, in Running only.
//
// Invariants
//   I1  Exactly one thread leaves Running: the one whose waitid got the status. It alone goes on to Retired and completes
//       Exited, outside the lock and last: whoever sees Exited complete sees no zombie, and after Dispose no descriptor.
//   I2  The pidfd is open while the child is not retired. So the watcher and every waiting thread may use it, disposed or
//       not, and one that meets a closed pidfd knows that the child has ended.
//   I3  A child is added to the watcher under _gate while it runs, and taken out by the one of I1, which has left Running
//       under _gate: so never is one added that was taken out already.
//   I4  A child that nobody waits for is watched: Dispose, or the finalizer of an object that was dropped without it, begins
//       to. So no zombie stays.
//   I5  No call takes the child's number where a pidfd can be used: the number is free again once anybody has reaped it.
// Locks
//   Under _gate only system calls that do not wait are made, and the watcher's lock is taken, which is a leaf.
// Ownership
//   The caller owns this object. The watcher holds it too, from BeginWatching until it is reaped.

/// <summary>A child process on Linux, by posix_spawn and a pidfd.</summary>
internal sealed class LinuxChildProcess : ChildProcess, IWatchedDescriptor
{
    private const int LongestPoll = 1_000_000_000;
    private const int RetryMilliseconds = 1;
    private const int LastSignal = 64;
    private const int WatcherStackSize = 256 * 1024;

    private static readonly Lazy<bool> s_isSupported =
        new(static () => OperatingSystem.IsLinux() && Interop.Libc.HasChildDescriptors());

    // Undecided until the first start, and then by trial: whether libc has posix_spawn_file_actions_addclosefrom_np.
    private static volatile bool s_lacksCloseFrom;

    private readonly Lock _gate = new();
    private readonly SafeDescriptor _descriptor;
    private readonly long _hiddenPeakBytes;
    private ExitStatus? _status;
    private bool _isWatched;

    // Null also when a thread of its own watches the child.
    private ulong _watchKey;
    private bool _retired;
    private bool _disposed;

    private LinuxChildProcess(int id, SafeDescriptor descriptor, string job, long hiddenPeakBytes)
        : base(job)
    {
        Id = id;
        _descriptor = descriptor;
        _hiddenPeakBytes = hiddenPeakBytes;
    }

    ~LinuxChildProcess()
    {
        // Dropped while it ran or unread, and nobody asked for its end. The pidfd is about to be finalized too, whoever holds
        // it from now on; so another object with a copy of it goes on (I4).
        if (_status is null && !_isWatched)
        {
            var copy = new SafeDescriptor(Interop.Libc.fcntl(_descriptor, Interop.Libc.F_DUPFD_CLOEXEC, 0));
            if (!copy.IsInvalid)
            {
                new LinuxChildProcess(Id, copy, Job, _hiddenPeakBytes).Dispose();
            }
        }
    }

    /// <summary>Whether this system can do it: Linux 5.4 or later on a 64-bit architecture that .NET knows.</summary>
    internal static bool IsSupported => s_isSupported.Value;

    internal override int Id { get; }

    internal override SafeHandle Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return _descriptor;
        }
    }

    internal override ExitStatus? Status
    {
        get
        {
            _ = TryReap();
            lock (_gate)
            {
                return _status;
            }
        }
    }

    /// <summary>Starts a program: <see cref="ChildProcess.Start"/> on Linux.</summary>
    /// <param name="startInfo">What to start; validated.</param>
    /// <param name="useCloseFrom">False: do without the function that glibc has from 2.34 on.</param>
    /// <returns>The child.</returns>
    internal static LinuxChildProcess StartNew(ChildStartInfo startInfo, bool useCloseFrom = true)
    {
        ChildSignals.KeepStatuses();

        // Process 1 starts one child at a time: see ChildSignals.Hold.
        SpawnThread? spawner = startInfo.SpawnOnCallingThread && Environment.ProcessId != 1 ? null : SpawnThread.Instance;
        string job = JobToken.Create();
        using SpawnPlan plan = CreatePlan(startInfo, job, useCloseFrom);
        if (spawner is null)
        {
            plan.Execute();
        }
        else
        {
            spawner.Run(plan);
        }

        if (plan.Failure() is Exception failure)
        {
            throw failure;
        }

        var child = new LinuxChildProcess(
            plan.ProcessId, new SafeDescriptor(plan.ProcessDescriptor), job, plan.HiddenPeakBytes);
        if (child._descriptor.IsInvalid)
        {
            // Reaped by somebody else before we could ask for its pidfd: the kernel has forgotten it.
            child._status = ExitStatus.Lost();
            child.Retire(ExitStatus.Lost());
        }

        return child;
    }

    internal override void Signal(int signal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(signal);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal, LastSignal);
        SafeHandle handle = Handle;
        if (handle.IsInvalid || Interop.Libc.pidfd_send_signal(handle, signal, 0) == 0)
        {
            return;
        }

        int error = Marshal.GetLastPInvokeError();
        switch (error)
        {
            case Interop.Errno.ESRCH:
                return;
            case Interop.Errno.EPERM:
                throw new UnauthorizedAccessException(
                    $"Sending {SignalName.Of(signal)} to child {Id} failed: it runs as another user by now. "
                    + "Only that user or root may signal it.");
            default:
                throw NativeError.Exception(error, $"Sending {SignalName.Of(signal)} to child {Id} failed");
        }
    }

    internal override void KillTree()
    {
        SafeHandle handle = Handle;
        ProcessTree.Kill(Id, handle.IsInvalid ? null : handle, Job);
    }

    public override void Dispose()
    {
        bool close;
        lock (_gate)
        {
            _disposed = true;
            close = _retired;
        }

        if (close)
        {
            _descriptor.Dispose();
        }
        else if (!TryReap())
        {
            BeginWatching();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Reaps the child if it has ended. Does not wait.</summary>
    /// <returns>Whether it is reaped, by this call or before.</returns>
    internal bool TryReap()
    {
        ExitStatus status;
        ulong watchKey;
        lock (_gate)
        {
            if (_status is not null)
            {
                return true;
            }

            if (!TryReadStatus_NeedsLock(out status))
            {
                return false;
            }

            _status = status;
            watchKey = _watchKey;
        }

        if (watchKey != 0)
        {
            DescriptorWatcher.Instance.Remove(_descriptor, watchKey);
        }

        Retire(status);
        return true;
    }

    bool IWatchedDescriptor.OnReady(uint events) => TryReap();

    private protected override void BeginWatching()
    {
        lock (_gate)
        {
            if (_isWatched || _status is not null)
            {
                return;
            }

            _isWatched = true;
            try
            {
                _watchKey = DescriptorWatcher.Instance.Add(_descriptor, Interop.Libc.EPOLLIN, this);
                return;
            }
            catch (IOException)
            {
            }
        }

        // The kernel has no place for one more watch (fs.epoll.max_user_watches), or this process has no descriptor left for
        // the first one. The child is there and must be reaped, so a thread waits for this one.
        var thread = new Thread(() => WaitForEnd(Timeout.InfiniteTimeSpan, CancellationToken.None), WatcherStackSize)
        {
            IsBackground = true,
            Name = "Telar exit watcher",
        };
        thread.UnsafeStart();
    }

    // On the caller's thread and not by way of the watcher: that saves two thread switches a child.
    private protected override bool WaitForEnd(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            return base.WaitForEnd(timeout, cancellationToken);
        }

        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        while (true)
        {
            double left = timeout == Timeout.InfiniteTimeSpan
                ? LongestPoll
                : Math.Max(0, Math.Ceiling((timeout - clock.GetElapsedTime(began)).TotalMilliseconds));
            bool ended = HasEndedWithin((int)Math.Min(left, LongestPoll));
            if (TryReap())
            {
                WaitForCompletion();
                return true;
            }

            if (timeout != Timeout.InfiniteTimeSpan && clock.GetElapsedTime(began) >= timeout)
            {
                return false;
            }

            if (ended)
            {
                // Ended, and yet not to be had: a debugger has it first, or somebody else is about to reap it.
                PidfdWait.Pause(RetryMilliseconds);
            }
        }
    }

    private static SpawnPlan CreatePlan(ChildStartInfo startInfo, string job, bool useCloseFrom)
    {
        try
        {
            return SpawnPlan.Create(startInfo, job, useCloseFrom && !s_lacksCloseFrom);
        }
        catch (EntryPointNotFoundException) when (!s_lacksCloseFrom)
        {
            s_lacksCloseFrom = true;
            return SpawnPlan.Create(startInfo, job, useCloseFrom: false);
        }
    }

    private static TimeSpan Time(long seconds, long microseconds) =>
        TimeSpan.FromSeconds(seconds) + TimeSpan.FromMicroseconds(microseconds);

    private bool HasEndedWithin(int milliseconds)
    {
        try
        {
            return PidfdWait.ForEnd(_descriptor, milliseconds);
        }
        catch (ObjectDisposedException)
        {
            return true; // I2
        }
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
            _descriptor.Dispose();
        }

        CompleteExited(status);
    }

    private bool TryReadStatus_NeedsLock(out ExitStatus status)
    {
        const int Options = Interop.Libc.WEXITED | Interop.Libc.WNOHANG;
        int result;
        Interop.Libc.ChildStatus child;
        Interop.Libc.Rusage usage;
        do
        {
            result = Interop.Libc.waitid_pidfd(_descriptor, out child, Options, out usage);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Interop.Errno.EINTR);

        if (result != 0)
        {
            // ECHILD: somebody else has reaped it, or is about to. The runtime does that to all children when it is
            // process 1, or when it found SIGCHLD ignored. Nothing else can be wrong with a pidfd of our own child.
            return TryRecoverStatus(out status);
        }

        status = default;
        if (child.Pid == 0)
        {
            return false;
        }

        ExitStatus end = child.Code == Interop.Libc.CLD_EXITED
            ? ExitStatus.Exited(child.Status)
            : ExitStatus.KilledBy(child.Status, dumpedCore: child.Code == Interop.Libc.CLD_DUMPED);
        long peak = usage.MaxResidentKiB * 1024;
        status = end with
        {
            UserTime = Time(usage.UserSeconds, usage.UserMicroseconds),
            SystemTime = Time(usage.SystemSeconds, usage.SystemMicroseconds),
            MaxResidentBytes = peak > _hiddenPeakBytes ? peak : null,
        };
        return true;
    }

    private bool TryRecoverStatus(out ExitStatus status)
    {
        const int SignalMask = 0x7F;
        const int CoreFlag = 0x80;
        var info = new Interop.Libc.PidfdInfo { Mask = Interop.Libc.PIDFD_INFO_EXIT };
        if (Interop.Libc.ioctl(_descriptor, Interop.Libc.PIDFD_GET_INFO, ref info) != 0)
        {
            // Linux before 6.15 keeps nothing.
            status = ExitStatus.Lost();
            return true;
        }

        if ((info.Mask & Interop.Libc.PIDFD_INFO_EXIT) == 0)
        {
            // The other one is in the middle of it; the answer comes with its last step.
            status = default;
            return false;
        }

        int signal = info.ExitStatus & SignalMask;
        status = signal == 0
            ? ExitStatus.Exited((info.ExitStatus >> 8) & 0xFF)
            : ExitStatus.KilledBy(signal, dumpedCore: (info.ExitStatus & CoreFlag) != 0);
        return true;
    }
}
