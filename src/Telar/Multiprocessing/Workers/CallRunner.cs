using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Telar.Internal.Framing;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>Runs the calls of a worker, one after another, on its main thread.</summary>
// Ownership
//   Lives as long as the worker. What it needs for each call (buffers, contexts) it keeps and uses again, so that a short call
//   allocates next to nothing here.
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as its process.")]
internal sealed class CallRunner
{
    private readonly WorkerLink _link;
    private readonly PayloadWriter _answer = new();
    private readonly PayloadReader _reader = new(default);
    private readonly BlobFile _leaving = new();
    private readonly DecodeContext _context;
    private readonly AnswerContext _answerContext;
    private RunningCall _running = new(0);

    public CallRunner(WorkerLink link)
    {
        _link = link;
        _context = new DecodeContext { ResolveToken = (index, cancelled) => _running.GetToken(index, cancelled) };
        _answerContext = new AnswerContext(this);
    }

    [StackTraceHidden]
    public void Run(FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        using BlobFile? arrived = header.HasBlobs ? BlobFile.Open(_link.Data.TakeBlobs()) : null;
        if (!LeaseWord.TryClaim(ref _link.Page.Lease, header.Sequence))
        {
            // The parent took it back and may have given it to another worker already.
            return;
        }

        long start = Stopwatch.GetTimestamp();
        _running = _link.Control.Begin(header.Sequence);
        FrameKind kind;
        try
        {
            kind = Execute(payload, arrived);
        }
        finally
        {
            _link.Control.End(_running);
        }

        FrameHeader answer = new(kind, _leaving.IsUsed, header.Sequence, _answer.Length, Stopwatch.GetElapsedTime(start).Ticks);
        _link.Data.Send(answer, _answer.WrittenSpan, _leaving.IsUsed ? _leaving.Handle : null);
        _answer.Reset();
        _leaving.Clear();
    }

    /// <summary>Runs a call and forgets its answer, so that the first real one finds its code compiled.</summary>
    public void Rehearse(ReadOnlyMemory<byte> payload)
    {
        _ = Execute(payload, arrived: null);
        _answer.Reset();
        _leaving.Clear();
    }

    [StackTraceHidden]
    private FrameKind Execute(ReadOnlyMemory<byte> payload, BlobFile? arrived)
    {
        try
        {
            _answer.Blobs = _leaving.Sink;
            _reader.Reset(payload);
            _reader.Blobs = arrived?.OpenSource();
            RemoteCall call = TypedCodec.Read<RemoteCall>(_reader, _context);
            call.Execute(_answerContext);
            return FrameKind.Result;
        }
        catch (Exception exception)
        {
            _answer.Reset();
            _answer.Blobs = null;
            _leaving.Clear();
            TypedCodec.Write(_answer, exception);
            return exception is OperationCanceledException && _running.IsCancellationRequested ? FrameKind.Cancelled : FrameKind.Failure;
        }
        finally
        {
            _reader.Reset(default);
            _reader.Blobs = null;
        }
    }

    private sealed class AnswerContext(CallRunner runner) : RemoteCallContext
    {
        public override CancellationToken CancellationToken => runner._running.CancellationToken;

        public override void SetResult<T>(T value) => TypedCodec.Write(runner._answer, value);
    }
}
