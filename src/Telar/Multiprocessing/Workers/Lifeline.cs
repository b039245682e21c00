using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;

namespace Telar.Multiprocessing.Workers;

/// <summary>
/// The worker's end of a pipe that its parent holds open and never writes to. When the parent ends, or lets go of the worker, the
/// kernel kills the worker's whole process group: no thread of the worker has to run for that, and none can prevent it.
/// </summary>
/// <remarks>See docs/design/workers.md#the-lifeline.</remarks>
internal static class Lifeline
{
    /// <summary>Ties this process, and what it will start in its process group, to the pipe's other end.</summary>
    /// <param name="pipe">The reading end; it has to stay open.</param>
    /// <param name="parentId">The process that started this one.</param>
    public static void Tie(SafeFileHandle pipe, int parentId)
    {
        // SIGIO with another number: sent to the owner of the descriptor, which may be a group, when its state changes.
        int flags = Interop.Libc.fcntl(pipe, Interop.Libc.F_GETFL, 0);
        bool tied = flags >= 0
            && Interop.Libc.fcntl(pipe, Interop.Libc.F_SETOWN, LeadsGroup ? -Environment.ProcessId : Environment.ProcessId) == 0
            && Interop.Libc.fcntl(pipe, Interop.Libc.F_SETSIG, SignalNumber.SIGKILL) == 0
            && Interop.Libc.fcntl(pipe, Interop.Libc.F_SETFL, flags | Interop.Libc.O_ASYNC) == 0;
        if (!tied)
        {
            // A kernel or sandbox that cannot do this: the worker at least ends, with the thread that spawned it.
            _ = Interop.Libc.prctl(Interop.Libc.PR_SET_PDEATHSIG, SignalNumber.SIGKILL, 0, 0, 0);
        }

        // It may have ended before we got here.
        if (Interop.Libc.getppid() != parentId || DescriptorIO.WaitReadable(pipe, 0))
        {
            EndProcessGroup();
        }
    }

    /// <summary>Kills this process and all it started that stayed in its process group.</summary>
    public static void EndProcessGroup()
    {
        if (LeadsGroup)
        {
            _ = Interop.Libc.kill(0, SignalNumber.SIGKILL);
        }

        _ = Interop.Libc.kill(Environment.ProcessId, SignalNumber.SIGKILL);
    }

    private static bool LeadsGroup => Interop.Libc.getpgrp() == Environment.ProcessId;
}
