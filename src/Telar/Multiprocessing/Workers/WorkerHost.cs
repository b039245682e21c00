using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Telar.Internal.Framing;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>The life of a worker process: greet, be configured, run calls one at a time, exit when told or when the parent is gone.</summary>
// Threads
//   The main thread reads calls from the data socket, runs them, and writes each result before it reads on. Nothing stands
//   between the parent's write and the user's code: no queue, no second thread.
//   The control thread (WorkerControl) waits for cancellations and for the parent's end.
// Invariants
//   I1  A call is claimed in the lease word before any of its bytes are decoded, and its result has been written to the socket
//       before the next call is claimed. So the parent, after any death, knows which call is guilty and loses no result.
//   I2  Whatever a call throws becomes a Failure frame. Only damage to the stream itself, or the parent's end, ends the worker.
internal static class WorkerHost
{
    private static string? s_name;
    private static int s_processorBudget;

    public static string? Name => Volatile.Read(ref s_name);

    /// <summary>What the parent's pool has allotted to this worker; null outside a worker and until it is configured.</summary>
    public static int? ProcessorBudget => Volatile.Read(ref s_processorBudget) is > 0 and int budget ? budget : null;

    /// <summary>Runs the worker on this thread until its end; the process exits here.</summary>
    [DoesNotReturn]
    [StackTraceHidden]
    public static void Run(int parentId, bool standby)
    {
        WorkerLink link = WorkerLink.Open(parentId);
        CallRunner runner = new(link);
        if (standby)
        {
            WorkerWarmUp.Run(runner);
        }

        byte[] build = WorkerBuild.Describe();
        link.Data.Send(new FrameHeader(FrameKind.Hello, FrameBlobs.None, Environment.ProcessId, build.Length), build);
        Environment.Exit(Serve(link, runner));
    }

    [StackTraceHidden]
    private static int Serve(WorkerLink link, CallRunner runner)
    {
        try
        {
            while (link.Data.ReceiveFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload))
            {
                switch (header.Kind)
                {
                    case FrameKind.Call:
                        runner.Run(header, payload);
                        break;
                    case FrameKind.Descriptor:
                        runner.KeepDescriptor();
                        break;
                    case FrameKind.Configure:
                        Configure(link, payload);
                        break;
                    case FrameKind.Stop:
                        return 0;
                    default:
                        throw new InvalidDataException($"A worker received a frame of kind {header.Kind}, which only a parent may receive.");
                }
            }
        }
        catch (IOException) when (link.Control.ParentIsGone)
        {
            // The parent closed its end while a result was on its way; nobody is left to tell.
        }

        // End of file between two frames: the parent has gone, or has let go of this worker.
        return 1;
    }

    [StackTraceHidden]
    private static void Configure(WorkerLink link, ReadOnlyMemory<byte> payload)
    {
        using PayloadWriter answer = new();
        FrameKind kind = FrameKind.Ready;
        try
        {
            WorkerConfiguration configuration = WorkerConfiguration.Read(payload);
            Volatile.Write(ref s_name, configuration.Name);
            Volatile.Write(ref s_processorBudget, configuration.ProcessorBudget);
            ProcessTitle.Set($"telar-worker {configuration.Name}");
            configuration.Initialize();
        }
        catch (Exception exception)
        {
            kind = FrameKind.StartFailed;
            CallRunner.WriteException(answer, exception);
        }

        link.Data.Send(new FrameHeader(kind, FrameBlobs.None, 0, answer.Length), answer.WrittenSpan);
    }
}
