using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Telar.Internal.Framing;

namespace Telar.Multiprocessing.Workers;

/// <summary>What one call says about its progress, on its way to the parent: not more often than somebody can look.</summary>
// State machine
//
//             Report: sent                Report, sooner than Interval          timer: sent
//   quiet ----------------> paused ------------------------------------> held ---------------> paused
//                             | Interval has passed                       | Report: replaces what is held
//                             +--> quiet                                  | Close: sent
//                                                                         +--> closed
// Invariants
//   I1  Frames leave in the order of Report, and none after Close has returned: each is sent under _gate, where Close was not yet.
//   I2  What was reported last has been sent when Close returns.
// Locks
//   _gate. A frame is sent under it, which waits only for the parent to read; no user code runs under it.
// Ownership
//   The call's: its thread closes it, before it sends the answer on the same socket.
[SuppressMessage("Design", "CA1001", Justification = "Close disposes the timer.")]
internal sealed class ProgressLane(FrameSocket data, long sequence)
{
    private const int LongestMessage = 4096;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    private readonly System.Threading.Lock _gate = new();
    private (double Fraction, string? Message)? _held;
    private ITimer? _timer;
    private long _sentAt;
    private bool _hasSent;
    private bool _isClosed;

    /// <summary>Sends a report, now or when the one before it is old enough; drops it once the call has ended.</summary>
    public void Report(double fraction, string? message)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            TimeSpan pause = _hasSent ? s_interval - TimeProvider.System.GetElapsedTime(_sentAt) : TimeSpan.Zero;
            if (_held is null && pause <= TimeSpan.Zero)
            {
                Send_NeedsLock(fraction, message);
                return;
            }

            if (_held is null)
            {
                _timer ??= TimeProvider.System.CreateTimer(
                    static lane => ((ProgressLane)lane!).SendHeld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // given here
                _ = _timer.Change(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            _held = (fraction, message);
        }
    }

    /// <summary>Sends what is held; nothing is sent any more.</summary>
    public void Close()
    {
        SendHeld();
        lock (_gate)
        {
            _isClosed = true;
        }

        _timer?.Dispose();
    }

    /// <summary>Reads what <see cref="Report"/> wrote.</summary>
    public static (double Fraction, string? Message) Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < sizeof(double) + 1)
        {
            throw new InvalidDataException("It reported progress in a form that is none.");
        }

        bool hasMessage = payload[sizeof(double)] != 0;
        return (BinaryPrimitives.ReadDoubleLittleEndian(payload), hasMessage ? Encoding.UTF8.GetString(payload[(sizeof(double) + 1)..]) : null);
    }

    private void SendHeld()
    {
        lock (_gate)
        {
            if (_held is { } held && !_isClosed)
            {
                _held = null;
                Send_NeedsLock(held.Fraction, held.Message);
            }
        }
    }

    private void Send_NeedsLock(double fraction, string? message)
    {
        _hasSent = true;
        _sentAt = TimeProvider.System.GetTimestamp();
        ReadOnlySpan<char> text = message.AsSpan(0, Math.Min(message?.Length ?? 0, LongestMessage));
        byte[] payload = new byte[sizeof(double) + 1 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteDoubleLittleEndian(payload, fraction);
        payload[sizeof(double)] = message is null ? (byte)0 : (byte)1;
        _ = Encoding.UTF8.GetBytes(text, payload.AsSpan(sizeof(double) + 1));
        try
        {
            data.Send(new FrameHeader(FrameKind.Progress, FrameBlobs.None, sequence, payload.Length), payload);
        }
        catch (IOException)
        {
            // The parent has gone: this worker is about to end, and nobody is left to tell.
        }
    }
}
