using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Telar.Interop.Kernel32;

namespace Telar.Internal.Processes;

/// <summary>A job object: what a child starts belongs to it too, so the whole tree can be ended, orphans included.</summary>
/// <remarks>
/// A process that is started with CREATE_BREAKAWAY_FROM_JOB leaves it. That is allowed, because programs that rely on it would
/// fail otherwise. <b>Thread safety.</b> All members may be called from any thread.
/// </remarks>
internal sealed unsafe class WindowsJob : IDisposable
{
    private const uint KilledExitCode = 1;

    private readonly SafeFileHandle _handle;

    private WindowsJob(SafeFileHandle handle) => _handle = handle;

    /// <summary>Makes an empty job.</summary>
    /// <param name="killOnClose">Whether its processes are killed when the last handle of it is closed, by the end of this process too.</param>
    /// <returns>The job.</returns>
    /// <exception cref="IOException">The system does not let us.</exception>
    internal static WindowsJob Create(bool killOnClose)
    {
        var job = new WindowsJob(CreateJobObjectW(0, 0));
        if (job._handle.IsInvalid || !job.TrySetLimits(killOnClose))
        {
            int error = Marshal.GetLastPInvokeError();
            job.Dispose();
            throw WindowsError.Exception(error, "Making a job object failed");
        }

        return job;
    }

    /// <summary>Puts a process into the job.</summary>
    /// <param name="process">A process that has not started anything yet.</param>
    /// <returns>False: the last error says why not.</returns>
    internal bool TryAdd(SafeHandle process) => AssignProcessToJobObject(_handle, process);

    /// <summary>Lets the processes of the job go on when it is closed, whatever was said before.</summary>
    internal void KeepOnClose() => _ = TrySetLimits(killOnClose: false);

    /// <summary>Ends all processes of the job, and waits until they have ended.</summary>
    /// <param name="patience">How long to wait at most.</param>
    /// <exception cref="IOException">The system does not let us.</exception>
    internal void Kill(TimeSpan patience)
    {
        if (!TerminateJobObject(_handle, KilledExitCode))
        {
            throw WindowsError.LastException("Ending the processes of a job failed");
        }

        TimeProvider clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < patience && WaitForSome(patience - clock.GetElapsedTime(began)))
        {
            // Others may have been started before the end reached those that started them.
        }
    }

    /// <summary>Closes the job.</summary>
    public void Dispose() => _handle.Dispose();

    // False: there is none any more. An identifier may be another process's by the time it is opened, hence the second question.
    private bool WaitForSome(TimeSpan patience)
    {
        JobProcessIds list;
        if ((!QueryInformationJobObject(_handle, JobObjectBasicProcessIdList, &list, sizeof(JobProcessIds), 0)
                && Marshal.GetLastPInvokeError() != ERROR_MORE_DATA)
            || list.Listed == 0)
        {
            return false;
        }

        for (int i = 0; i < Math.Min(list.Listed, JobProcessIds.Room); i++)
        {
            using SafeProcessHandle process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, false, (int)list.Ids[i]);
            if (!process.IsInvalid && IsProcessInJob(process, _handle, out bool isOurs) && isOurs)
            {
                _ = WaitForSingleObject(process, (uint)Math.Max(0, patience.TotalMilliseconds));
                return true;
            }
        }

        // Listed, and yet not to be opened: they are in the middle of their end.
        _ = Thread.Yield();
        return true;
    }

    private bool TrySetLimits(bool killOnClose)
    {
        var limits = new JobExtendedLimits
        {
            LimitFlags = JOB_OBJECT_LIMIT_BREAKAWAY_OK | (killOnClose ? JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE : 0),
        };
        return SetInformationJobObject(_handle, JobObjectExtendedLimitInformation, &limits, sizeof(JobExtendedLimits));
    }
}
