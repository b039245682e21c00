using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;

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
        Interop.Libc.IgnoreSignal(Interop.Libc.SIGINT);
        WorkerControl control = new(new FrameSocket(Take(WorkerEntry.ControlDescriptor)));

        // Second line of defence, should the control thread be unable to run: the kernel kills us when the thread that spawned
        // us ends, and that thread lives as long as the parent. It may have ended before we got here.
        Interop.Libc.SetParentDeathSignal(Interop.Libc.SIGKILL);
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
            Interop.Libc.kill(0, Interop.Libc.SIGKILL);
        }

        Interop.Libc.kill(Environment.ProcessId, Interop.Libc.SIGKILL);
    }

    private static SafeFileHandle Take(int descriptor)
    {
        // What this worker starts must not inherit them: a grandchild that holds the lifeline would keep the parent waiting.
        Interop.Libc.SetCloseOnExec(descriptor);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
