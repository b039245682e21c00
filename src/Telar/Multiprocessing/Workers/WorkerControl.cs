using System.Buffers.Binary;
using System.Text;
using Telar.Internal.Framing;

namespace Telar.Multiprocessing.Workers;

/// <summary>The worker's second thread: hears cancellations, questions, and the end of the parent.</summary>
// Invariants
//   I1  End of file on the control socket means that the parent has gone or has let go of this worker: the worker and whatever
//       it started in its process group end at once, whatever the main thread is doing. Most often the kernel is first (Lifeline).
//   I2  A cancellation for a call that has not begun yet is kept until it does; those for calls that are over are dropped.
// Locks
//   _gate guards _current and _early; user callbacks of a token run outside it.
// Ownership
//   The thread is a background thread and lives as long as the process.
internal sealed class WorkerControl
{
    private readonly System.Threading.Lock _gate = new();
    private readonly FrameSocket _socket;
    private readonly List<(long Sequence, int Token)> _early = [];
    private RunningCall? _current;
    private long _last;
    private bool _parentIsGone;

    public WorkerControl(FrameSocket socket)
    {
        _socket = socket;
        System.Threading.Thread thread = new(Listen) { IsBackground = true, Name = "telar-control" };
        thread.UnsafeStart();
    }

    public bool ParentIsGone => Volatile.Read(ref _parentIsGone);

    public RunningCall Begin(long sequence)
    {
        RunningCall call = new(sequence);
        List<int>? cancelled = null;
        lock (_gate)
        {
            _current = call;
            _last = sequence;
            if (_early.Count > 0)
            {
                cancelled = _early.Where(early => early.Sequence == sequence).Select(early => early.Token).ToList();
                _early.RemoveAll(early => early.Sequence <= sequence);
            }
        }

        cancelled?.ForEach(call.Cancel);
        return call;
    }

    public void End(RunningCall call)
    {
        lock (_gate)
        {
            if (_current == call)
            {
                _current = null;
            }
        }
    }

    private void Listen()
    {
        try
        {
            while (_socket.ReceiveFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload))
            {
                if (header.Kind == FrameKind.Cancel && payload.Length == sizeof(int))
                {
                    Cancel(header.Sequence, BinaryPrimitives.ReadInt32LittleEndian(payload.Span));
                }
                else if (header.Kind == FrameKind.DescribeState)
                {
                    // What describes itself may be a user's, and may block.
                    new System.Threading.Thread(SendState) { IsBackground = true, Name = "telar-state" }.UnsafeStart();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            // A broken socket says the same as its end.
        }

        Volatile.Write(ref _parentIsGone, true);
        Lifeline.EndProcessGroup();
    }

    // The parent asks again only when it has the answer: nobody else writes to this socket meanwhile.
    private void SendState()
    {
        byte[] state = Encoding.UTF8.GetBytes(Threading.ThreadingDiagnostics.DumpState());
        try
        {
            _socket.Send(new FrameHeader(FrameKind.State, FrameBlobs.None, 0, state.Length), state);
        }
        catch (IOException)
        {
            // The parent has gone; whoever reads the socket sees that too.
        }
    }

    private void Cancel(long sequence, int token)
    {
        RunningCall? call;
        lock (_gate)
        {
            call = _current?.Sequence == sequence ? _current : null;
            if (call is null && sequence > _last)
            {
                _early.Add((sequence, token));
            }
        }

        if (call is not null)
        {
            // On a thread of its own: a callback that blocks must make the worker deaf neither to its parent's end nor to the next
            // cancellation; and the thread pool may be what the call has blocked.
            new System.Threading.Thread(() => call.Cancel(token)) { IsBackground = true, Name = "telar-cancel" }.UnsafeStart();
        }
    }
}
