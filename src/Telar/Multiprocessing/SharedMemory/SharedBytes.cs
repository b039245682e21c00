using System.Buffers;
using Telar.Internal.Segments;

namespace Telar.Multiprocessing;

// Invariants
//   I1  _pins counts the pins that are alive; Ended says that no more are given out, and excludes them. It never changes back.
//   I2  The memory is not unmapped while _pins is above 0: whoever wants to do so makes it Ended first, which works from 0 only.

/// <summary>The bytes of a segment as memory that knows whether somebody has an address in it.</summary>
internal sealed class SharedBytes(Segment segment) : MemoryManager<byte>
{
    private const int Ended = -1;

    private int _pins;

    /// <summary>How many pins are alive.</summary>
    internal int Pins => Math.Max(0, Volatile.Read(ref _pins));

    internal bool HasEnded => Volatile.Read(ref _pins) == Ended;

    /// <summary>The memory from its beginning.</summary>
    public override Memory<byte> Memory => CreateMemory((int)Math.Min(segment.Size, int.MaxValue));

    /// <inheritdoc/>
    public override unsafe Span<byte> GetSpan() => GetSpan(0, (int)Math.Min(segment.Size, int.MaxValue));

    /// <summary>A part of the memory; the caller has checked the bounds.</summary>
    internal unsafe Span<byte> GetSpan(long offset, int length)
    {
        ThrowIfEnded();
        return new Span<byte>(segment.Address + offset, length);
    }

    /// <inheritdoc/>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        for (int pins = Volatile.Read(ref _pins); ;)
        {
            ObjectDisposedException.ThrowIf(pins == Ended, typeof(SharedMemory));
            int found = Interlocked.CompareExchange(ref _pins, pins + 1, pins);
            if (found == pins)
            {
                return new MemoryHandle(segment.Address + elementIndex, pinnable: this);
            }

            pins = found;
        }
    }

    /// <inheritdoc/>
    public override void Unpin() => Interlocked.Decrement(ref _pins);

    /// <summary>Gives out no more of the memory.</summary>
    /// <returns>False: somebody has it pinned, and nothing has changed.</returns>
    internal bool TryEnd() => Interlocked.CompareExchange(ref _pins, Ended, 0) is 0 or Ended;

    protected override void Dispose(bool disposing)
    {
        // The segment is SharedMemory's.
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(HasEnded, typeof(SharedMemory));
}
