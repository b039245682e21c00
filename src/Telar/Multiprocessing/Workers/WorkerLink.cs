using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Processes;

namespace Telar.Multiprocessing.Workers;

/// <summary>A worker's connection to its parent: the data socket, the control socket, the shared page and the lifeline.</summary>
internal sealed class WorkerLink
{
    private WorkerLink(FrameSocket data, WorkerControl control, WorkerPage page, SafeFileHandle lifeline)
    {
        Data = data;
        Control = control;
        Page = page;
        Pipe = lifeline;
    }

    public FrameSocket Data { get; }

    public WorkerControl Control { get; }

    public WorkerPage Page { get; }

    /// <summary>Held so that nothing closes it: see <see cref="Lifeline"/>.</summary>
    public SafeFileHandle Pipe { get; }

    /// <summary>Takes over the inherited descriptors and ties this process's life to its parent's.</summary>
    public static WorkerLink Open(int parentId)
    {
        // Ctrl-C in a terminal is the parent's business; and "kill -INT worker" must not cost a call either.
        _ = Interop.Libc.signal(SignalNumber.SIGINT, Interop.Libc.SIG_IGN);
        WorkerControl control = new(new FrameSocket(Take(WorkerEntry.ControlDescriptor)));

        SafeFileHandle lifeline = Take(WorkerEntry.LifelineDescriptor);
        Lifeline.Tie(lifeline, parentId);
        WorkerPage page = WorkerPage.Attach(Take(WorkerEntry.PageDescriptor));
        return new WorkerLink(new FrameSocket(Take(WorkerEntry.DataDescriptor)), control, page, lifeline);
    }

    private static SafeFileHandle Take(int descriptor)
    {
        // What this worker starts must not inherit them: a grandchild that holds the lifeline would keep the parent waiting.
        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        _ = Interop.Libc.fcntl(handle, Interop.Libc.F_SETFD, Interop.Libc.FD_CLOEXEC);
        return handle;
    }
}
