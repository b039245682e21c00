using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Framing;
using Telar.Internal.Native;
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

    // Of the next call.
    private readonly ArrivedDescriptors _descriptors = new();
    private readonly AnswerContext _answerContext;
    private RunningCall _running = new(0);
    private ProgressLane? _progress;
    private int _attempt = 1;

    public CallRunner(WorkerLink link)
    {
        _link = link;
        _context = new DecodeContext
        {
            ResolveToken = (index, cancelled) => _running.GetToken(index, cancelled),
            TakeDescriptor = _descriptors.Take,
        };
        _answerContext = new AnswerContext(this);
    }

    /// <summary>Takes in a descriptor that goes with the next call.</summary>
    public void KeepDescriptor()
    {
        SafeFileHandle? descriptor = null;
        try
        {
            descriptor = _link.Data.TakeBlobs();
        }
        catch (IOException)
        {
            // No descriptor was free here to receive it. The stream is in order, so that only the call fails.
        }

        _descriptors.All.Add(descriptor);
    }

    [StackTraceHidden]
    public void Run(FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        try
        {
            RunKept(header, payload);
        }
        finally
        {
            _descriptors.Clear();
        }
    }

    [StackTraceHidden]
    private void RunKept(FrameHeader header, ReadOnlyMemory<byte> payload)
    {
        using BlobFile? arrived = TakeBlobs(header, out IOException? lost);
        BlobFile leaving = header.Blobs == FrameBlobs.Reusable && arrived is not null ? arrived : _leaving;
        if (!LeaseWord.TryClaim(ref _link.Page.Lease, header.Sequence))
        {
            // The parent took it back and may have given it to another worker already.
            return;
        }

        long start = Stopwatch.GetTimestamp();
        _running = _link.Control.Begin(header.Sequence);
        _attempt = (int)header.Detail;
        FrameKind kind;
        try
        {
            kind = Execute(payload, arrived, leaving, lost);
        }
        finally
        {
            _link.Control.End(_running);
        }

        FrameBlobs blobs = leaving.HasContent ? FrameBlobs.Attached : FrameBlobs.None;
        FrameHeader answer = new(kind, blobs, header.Sequence, _answer.Length, Stopwatch.GetElapsedTime(start).Ticks);
        _link.Data.Send(answer, _answer.WrittenSpan, leaving.HasContent ? leaving.Handle : null);
        _answer.Reset();
        _leaving.Dispose();
    }

    /// <summary>Runs a call and forgets its answer, so that the first real one finds its code compiled.</summary>
    public void Rehearse(ReadOnlyMemory<byte> payload)
    {
        _ = Execute(payload, arrived: null, _leaving, lost: null);
        _answer.Reset();
    }

    /// <summary>Writes an exception, or if that is too much for a message what it was.</summary>
    public static void WriteException(PayloadWriter answer, Exception exception)
    {
        try
        {
            TypedCodec.Write(answer, exception);
        }
        catch (SerializationException refused)
        {
            answer.Reset();
            TypedCodec.Write<Exception>(answer, new SerializationException($"What was thrown, {exception.GetType()}, cannot be sent back. {refused.Message}"));
        }
    }

    private BlobFile? TakeBlobs(in FrameHeader header, out IOException? lost)
    {
        lost = null;
        if (!header.HasBlobs)
        {
            return null;
        }

        try
        {
            return BlobFile.Open(_link.Data.TakeBlobs());
        }
        catch (IOException exception)
        {
            // No descriptor was free here to receive them. The stream is in order, so that only this call fails.
            lost = exception;
            return null;
        }
    }

    [StackTraceHidden]
    private FrameKind Execute(ReadOnlyMemory<byte> payload, BlobFile? arrived, BlobFile leaving, IOException? lost)
    {
        ExecutionContext? home = ExecutionContext.Capture();
        try
        {
            if (lost is not null)
            {
                throw lost;
            }

            _descriptors.ThrowIfLost();
            _reader.Reset(payload);
            _reader.Blobs = arrived?.OpenSource();
            RemoteCall call = TypedCodec.Read<RemoteCall>(_reader, _context);
            _descriptors.Keep();

            // Everything that came is copied by now: the answer may take its place.
            _answer.Blobs = leaving.Sink;
            call.Execute(_answerContext);
            if (leaving.HasContent)
            {
                leaving.Seal();
            }

            return FrameKind.Result;
        }
        catch (Exception exception)
        {
            _answer.Reset();
            _answer.Blobs = null;
            leaving.Reset();
            WriteException(_answer, exception);
            return exception is OperationCanceledException && _running.IsCancellationRequested ? FrameKind.Cancelled : FrameKind.Failure;
        }
        finally
        {
            _reader.Reset(default);
            _reader.Blobs = null;
            _progress?.Close();
            _progress = null;

            if (home is not null)
            {
                // What a call has set in its context is not for the next one.
                ExecutionContext.Restore(home);
            }
        }
    }

    private sealed class AnswerContext(CallRunner runner) : RemoteCallContext
    {
        public override CancellationToken CancellationToken => runner._running.CancellationToken;

        public override int Attempt => runner._attempt;

        public override ProgressLane OpenProgress() => runner._progress ??= new ProgressLane(runner._link.Data, runner._running.Sequence);

        [StackTraceHidden]
        public override void SetResult<T>(T value)
        {
            try
            {
                TypedCodec.Write(runner._answer, value);
            }
            catch (SerializationException refused)
            {
                throw new SerializationException($"What the call returned cannot be sent back. {refused.Message}", refused.Path, refused.Culprit);
            }
        }
    }
}
