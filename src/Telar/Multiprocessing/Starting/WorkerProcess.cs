using Microsoft.Win32.SafeHandles;
using Telar.Internal;
using Telar.Internal.Framing;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Telar.Multiprocessing.Workers;

namespace Telar.Multiprocessing.Starting;

/// <summary>A worker process as its parent sees it: the child, its sockets, its output pipes, the shared page and the lifeline.</summary>
// Ownership
//   Whoever started or took it owns it. Dispose lets go of everything, the lifeline too: the kernel kills the worker with its process
//   group, if it has not ended by itself.
internal sealed class WorkerProcess : IStandby
{
    private readonly SafeFileHandle _lifeline;

    private WorkerProcess(
        ChildProcess child,
        FrameSocket data,
        FrameSocket control,
        SafeFileHandle output,
        SafeFileHandle error,
        SafeFileHandle lifeline,
        WorkerPage page)
    {
        _lifeline = lifeline;
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

    public bool HasExited => Child.HasExited;

    /// <summary>Refuses before anything is started where a worker cannot be.</summary>
    /// <exception cref="InvalidOperationException">The child would run the user's <c>Main</c>.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was trimmed, or workers are not done for this operating system yet.</exception>
    public static void ThrowIfNotSupported()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "Worker processes are done for Linux so far; on this operating system use a ThreadPoolExecutor or an InlineExecutor.");
        }

        if (WholeProgram.IsTrimmed)
        {
            throw new PlatformNotSupportedException(
                "Worker processes find code by its name. This program was trimmed or compiled ahead of time, and has not all of its code. Publish it "
                + "without PublishTrimmed and PublishAot, or use ThreadPoolExecutor.");
        }

        WorkerCommand.ThrowIfWorkerWouldRunMain();
    }

    /// <summary>Starts a process that will be a worker; it is not configured yet.</summary>
    /// <exception cref="InvalidOperationException">The child would run the user's <c>Main</c>.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was trimmed, or workers are not done for this operating system yet.</exception>
    public static WorkerProcess Start(bool standby, bool serverGc, IReadOnlyList<string>? preload = null)
    {
        ThrowIfNotSupported();
        Dictionary<string, string> environment = WorkerCommand.CreateEnvironment(standby, serverGc);
        if (preload is { Count: > 0 })
        {
            environment[WorkerWarmUp.PreloadVariable] = string.Join('\n', preload);
        }

        // Any of them may be the one for which no descriptor is left, and those before it must not stay.
        SocketPair? data = null;
        SocketPair? control = null;
        Internal.Native.Pipe? output = null;
        Internal.Native.Pipe? error = null;
        Internal.Native.Pipe? lifeline = null;
        WorkerPage? page = null;
        SafeFileHandle? pageDescriptor = null;
        try
        {
            data = SocketPair.Create();
            control = SocketPair.Create();
            output = Internal.Native.Pipe.Create();
            error = Internal.Native.Pipe.Create();
            lifeline = Internal.Native.Pipe.Create();
            page = WorkerPage.Create(out pageDescriptor);
            DescriptorIO.SetNonBlocking(output.Reader);
            DescriptorIO.SetNonBlocking(error.Reader);
            using SafeFileHandle nothing = File.OpenHandle("/dev/null");
            ChildProcess child = ChildProcess.Start(new ChildStartInfo
            {
                FileName = WorkerCommand.FileName,
                ArgumentZero = WorkerCommand.Arguments[0],
                Arguments = [.. WorkerCommand.Arguments.Skip(1)],
                Environment = environment,
                StandardInput = nothing,
                StandardOutput = output.Writer,
                StandardError = error.Writer,
                Inherited =
                [
                    new InheritedDescriptor(data.Theirs, WorkerEntry.DataDescriptor),
                    new InheritedDescriptor(control.Theirs, WorkerEntry.ControlDescriptor),
                    new InheritedDescriptor(pageDescriptor, WorkerEntry.PageDescriptor),
                    new InheritedDescriptor(lifeline.Reader, WorkerEntry.LifelineDescriptor),
                ],
                NewProcessGroup = true,
            });
            return new WorkerProcess(
                child, new FrameSocket(data.Mine), new FrameSocket(control.Mine), output.Reader, error.Reader, lifeline.Writer, page);
        }
        catch
        {
            data?.Mine.Dispose();
            control?.Mine.Dispose();
            output?.Reader.Dispose();
            error?.Reader.Dispose();
            lifeline?.Writer.Dispose();
            page?.Dispose();
            throw;
        }
        finally
        {
            // The worker has its own copies; ours would keep the end of its streams from ever being seen.
            data?.Theirs.Dispose();
            control?.Theirs.Dispose();
            output?.Writer.Dispose();
            error?.Writer.Dispose();
            lifeline?.Reader.Dispose();
            pageDescriptor?.Dispose();
        }
    }

    public void WaitUntilWarm(TimeSpan timeout)
    {
        string name = $"The standby process (pid {Child.Id})";
        if (!Data.ReceiveFrame(timeout, out FrameHeader header, out ReadOnlyMemory<byte> hello) || header.Kind != FrameKind.Hello)
        {
            throw new IOException($"{name} ended before it was ready.");
        }

        if (WorkerBuild.Compare(hello.Span, name) is { } mismatch)
        {
            throw mismatch;
        }
    }

    /// <summary>Kills the worker and everything it started.</summary>
    public void Kill() => Child.KillTree();

    /// <summary>Lets go of all but the process itself.</summary>
    public void CloseStreams()
    {
        Data.Dispose();
        Control.Dispose();
        Output.Dispose();
        Error.Dispose();
        _lifeline.Dispose();
    }

    public void Dispose()
    {
        CloseStreams();
        Page.Dispose();
        Child.Dispose();
    }
}
