using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Processes;

namespace Telar.Multiprocessing.Workers;

/// <summary>A worker's connection to its parent: the data socket, the control socket and the shared page.</summary>
internal sealed class WorkerLink
{
    private WorkerLink(FrameSocket data, WorkerControl control, WorkerPage page)
    {
        Data = data;
        Control = control;
        Page = page;
    }

    public FrameSocket Data { get; }

    public WorkerControl Control { get; }

    public WorkerPage Page { get; }

    /// <summary>Takes over the inherited descriptors and ties this process's life to its parent's.</summary>
    public static WorkerLink Open(int parentId)
    {
        // Ctrl-C in a terminal is the parent's business; and "kill -INT worker" must not cost a call either.
        _ = Interop.Libc.signal(SignalNumber.SIGINT, Interop.Libc.SIG_IGN);
        WorkerControl control = new(new FrameSocket(Take(WorkerEntry.ControlDescriptor)));

        // Second line of defence, should the control thread be unable to run: the kernel kills us when the thread that spawned
        // us ends, and that thread lives as long as the parent. It may have ended before we got here.
        _ = Interop.Libc.prctl(Interop.Libc.PR_SET_PDEATHSIG, SignalNumber.SIGKILL, 0, 0, 0);
        if (Interop.Libc.getppid() != parentId)
        {
            EndProcessGroup();
        }

        WorkerPage page = WorkerPage.Attach(Take(WorkerEntry.PageDescriptor));
        return new WorkerLink(new FrameSocket(Take(WorkerEntry.DataDescriptor)), control, page);
    }

    /// <summary>Kills this process and all it started that stayed in its process group.</summary>
    public static void EndProcessGroup()
    {
        if (Interop.Libc.getpgrp() == Environment.ProcessId)
        {
            _ = Interop.Libc.kill(0, SignalNumber.SIGKILL);
        }

        _ = Interop.Libc.kill(Environment.ProcessId, SignalNumber.SIGKILL);
    }

    private static SafeFileHandle Take(int descriptor)
    {
        // What this worker starts must not inherit them: a grandchild that holds the lifeline would keep the parent waiting.
        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        _ = Interop.Libc.fcntl(handle, Interop.Libc.F_SETFD, Interop.Libc.FD_CLOEXEC);
        return handle;
    }
}
