using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Workers;

namespace Telar.Multiprocessing.Starting;

/// <summary>A worker process as its parent sees it: the child, its sockets, its output pipes and the shared page.</summary>
// Ownership
//   Whoever started or took it owns it. Dispose lets go of everything: the worker sees the end of its lifeline and ends itself,
//   with its process group. Kill first where waiting for that is not wanted.
internal sealed class WorkerProcess : IDisposable
{
    private WorkerProcess(ChildProcess child, FrameSocket data, FrameSocket control, SafeFileHandle output, SafeFileHandle error, WorkerPage page)
    {
        Child = child;
        Data = data;
        Control = control;
        Output = output;
        Error = error;
        Page = page;
    }

    public ChildProcess Child { get; }

    public FrameSocket Data { get; }

    public FrameSocket Control { get; }

    /// <summary>The reading end of the worker's standard output.</summary>
    public SafeFileHandle Output { get; }

    /// <summary>The reading end of the worker's standard error.</summary>
    public SafeFileHandle Error { get; }

    public WorkerPage Page { get; }

    /// <summary>Starts a process that will be a worker; it is not configured yet.</summary>
    /// <exception cref="InvalidOperationException">The child would run the user's <c>Main</c>.</exception>
    /// <exception cref="PlatformNotSupportedException">Workers are not done for this operating system yet.</exception>
    public static WorkerProcess Start(bool standby, bool serverGc, IReadOnlyList<string>? preload = null)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "Worker processes are done for Linux so far; on this operating system use InlineExecutor.");
        }

        WorkerCommand.ThrowIfWorkerWouldRunMain();
        Dictionary<string, string> environment = WorkerCommand.CreateEnvironment(standby, serverGc);
        if (preload is { Count: > 0 })
        {
            environment[WorkerWarmUp.PreloadVariable] = string.Join('\n', preload);
        }

        WorkerPage? page = null;
        List<IDisposable> ours = [];
        List<IDisposable> theirs = [];
        try
        {
            page = WorkerPage.Create();
            ours.Add(page);
            (SafeFileHandle ourData, SafeFileHandle theirData) = SocketPair.Create();
            ours.Add(ourData);
            theirs.Add(theirData);
            (SafeFileHandle ourControl, SafeFileHandle theirControl) = SocketPair.Create();
            ours.Add(ourControl);
            theirs.Add(theirControl);
            (SafeFileHandle output, SafeFileHandle theirOutput) = Pipe.Create();
            ours.Add(output);
            theirs.Add(theirOutput);
            (SafeFileHandle error, SafeFileHandle theirError) = Pipe.Create();
            ours.Add(error);
            theirs.Add(theirError);
            using SafeFileHandle nothing = File.OpenHandle("/dev/null");
            ChildProcess child = ChildProcess.Start(new ChildStartInfo
            {
                FileName = WorkerCommand.FileName,
                ArgumentZero = WorkerCommand.Arguments[0],
                Arguments = [.. WorkerCommand.Arguments.Skip(1)],
                Environment = environment,
                StandardInput = nothing,
                StandardOutput = theirOutput,
                StandardError = theirError,
                Inherited =
                [
                    new InheritedDescriptor(theirData, WorkerEntry.DataDescriptor),
                    new InheritedDescriptor(theirControl, WorkerEntry.ControlDescriptor),
                    new InheritedDescriptor(page.Descriptor, WorkerEntry.PageDescriptor),
                ],
                NewProcessGroup = true,
            });
            page.CloseDescriptor();
            WorkerProcess worker = new(child, new FrameSocket(ourData), new FrameSocket(ourControl), output, error, page);
            ours.Clear();
            return worker;
        }
        finally
        {
            foreach (IDisposable handle in ours.Concat(theirs))
            {
                handle.Dispose();
            }
        }
    }

    /// <summary>Kills the worker and everything it started.</summary>
    public void Kill() => Child.KillTree();

    public void Dispose()
    {
        Data.Dispose();
        Control.Dispose();
        Output.Dispose();
        Error.Dispose();
        Page.Dispose();
        Child.Dispose();
    }
}
