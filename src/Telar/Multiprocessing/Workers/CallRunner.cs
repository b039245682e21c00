using System.Diagnostics;
using Telar.Internal.Framing;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>Runs the calls of a worker, one after another, on its main thread.</summary>
// Ownership
//   Lives as long as the worker; the buffer is never given back.
#pragma warning disable CA1001 // See Ownership.
internal sealed class CallRunner(WorkerLink link)
#pragma warning restore CA1001
{
    private readonly PayloadWriter _answer = new();

    [StackTraceHidden]
    public void Run(FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        using BlobFile? arrived = header.HasBlobs ? link.Data.TakeBlobs() : null;
        if (!LeaseWord.TryClaim(ref link.Page.Lease, header.Sequence))
        {
            // The parent took it back and may have given it to another worker already.
            return;
        }

        long start = Stopwatch.GetTimestamp();
        RunningCall running = link.Control.Begin(header.Sequence);
        using BlobFile leaving = new();
        FrameKind kind;
        try
        {
            kind = Execute(payload, arrived, leaving, running);
        }
        finally
        {
            link.Control.End(running);
        }

        FrameHeader answer = new(kind, leaving.IsUsed, header.Sequence, _answer.Length, Stopwatch.GetElapsedTime(start).Ticks);
        link.Data.Send(answer, _answer.WrittenSpan, leaving);
        _answer.Reset();
    }

    [StackTraceHidden]
    private FrameKind Execute(ReadOnlyMemory<byte> payload, BlobFile? arrived, BlobFile leaving, RunningCall running)
    {
        try
        {
            BeginAnswer(leaving);
            PayloadReader reader = new(payload) { Blobs = arrived?.AsSource() };
            RemoteCall call = TypedCodec.Read<RemoteCall>(reader, running.DecodeContext);
            call.Execute(new AnswerContext(_answer, running));
            return FrameKind.Result;
        }
        catch (Exception exception)
        {
            BeginAnswer(null);
            leaving.Clear();
            TypedCodec.Write(_answer, exception);
            return exception is OperationCanceledException && running.IsCancellationRequested ? FrameKind.Cancelled : FrameKind.Failure;
        }
    }

    private void BeginAnswer(BlobFile? leaving)
    {
        _answer.Reset();
        _answer.Blobs = leaving?.AsSink();
    }

    private sealed class AnswerContext(PayloadWriter answer, RunningCall running) : RemoteCallContext
    {
        public override CancellationToken CancellationToken => running.CancellationToken;

        public override void SetResult<T>(T value) => TypedCodec.Write(answer, value);
    }

    /// <summary>Compiles the path of a call before the first one comes.</summary>
    public static void WarmUp()
    {
        using PayloadWriter writer = new();
        using PayloadWriter answer = new();
        TypedCodec.Write<RemoteCall>(writer, new WarmUpCall());
        RunningCall running = new(0);
        TypedCodec.Read<RemoteCall>(new PayloadReader(writer.WrittenMemory), running.DecodeContext).Execute(new AnswerContext(answer, running));
        writer.Reset();
        TypedCodec.Write<Exception>(writer, new InvalidOperationException("warm-up"));
    }

    private sealed class WarmUpCall : RemoteCall
    {
        public override void Execute(RemoteCallContext context) => context.SetResult(0);
    }
}
