using System.Buffers;

namespace Telar.Subprocesses.Output;

/// <summary>Where the bytes of one output stream of a child go in this process.</summary>
/// <remarks>
/// <para>
/// Whoever reads the pipe repeats: <see cref="GetMemory"/>, read into it, <see cref="Advance"/> or <see cref="AdvanceAsync"/>.
/// So a capture gets its bytes where they stay, without a copy. At the end of the stream <see cref="Complete"/> or
/// <see cref="CompleteAsync"/>; then <see cref="Snapshot"/>, which may also be taken before; then <see cref="IDisposable.Dispose"/>.
/// </para>
/// <para>Fed by one thread at a time, in order. What a target throws comes out of these calls, and ends the run.</para>
/// </remarks>
internal abstract class OutputSink : IDisposable
{
    /// <summary>Bytes that are read at once; what a pipe holds by default.</summary>
    internal const int BufferSize = 64 * 1024;

    private byte[]? _buffer;

    /// <summary>Where the next bytes are to be read to.</summary>
    /// <returns>Never empty; valid until the next call.</returns>
    internal virtual Memory<byte> GetMemory() => _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);

    /// <summary>Takes the bytes that were read to the start of <see cref="GetMemory"/>.</summary>
    /// <param name="count">How many; above 0.</param>
    /// <returns>False: enough, the child is to be stopped because of <see cref="PopenOptions.MaxOutput"/>.</returns>
    internal virtual bool Advance(int count) => Write(_buffer.AsSpan(0, count));

    /// <summary>As <see cref="Advance"/>, without blocking the thread on a slow target.</summary>
    /// <param name="count">How many; above 0.</param>
    /// <param name="cancellationToken">Gives up; part of the bytes may have been taken.</param>
    /// <returns>As <see cref="Advance"/>.</returns>
    internal virtual ValueTask<bool> AdvanceAsync(int count, CancellationToken cancellationToken) =>
        WriteAsync(_buffer.AsMemory(0, count), cancellationToken);

    /// <summary>Takes bytes of another's buffer; they are the caller's again when it returns.</summary>
    /// <param name="bytes">The next bytes of the stream; never empty.</param>
    /// <returns>As <see cref="Advance"/>.</returns>
    internal abstract bool Write(ReadOnlySpan<byte> bytes);

    /// <summary>As <see cref="Write"/>, without blocking the thread on a slow target.</summary>
    /// <param name="bytes">The next bytes of the stream; the caller's again when the task is complete.</param>
    /// <param name="cancellationToken">Gives up; part of the bytes may have been taken.</param>
    /// <returns>As <see cref="Advance"/>.</returns>
    internal virtual ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Write(bytes.Span));

    /// <summary>The end of the stream: what is held back (an unended line, a buffer) goes out.</summary>
    internal virtual void Complete()
    {
    }

    /// <summary>As <see cref="Complete"/>, without blocking the thread on a slow target.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when all has gone out.</returns>
    internal virtual ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        Complete();
        return ValueTask.CompletedTask;
    }

    /// <summary>What was captured so far. More may be taken in afterwards; the answer does not change by that.</summary>
    /// <param name="isHeld">What becomes <see cref="CapturedOutput.IsHeld"/>.</param>
    /// <returns>The bytes; <see cref="CapturedOutput.NotCaptured"/> when this sink keeps nothing.</returns>
    internal virtual CapturedOutput Snapshot(bool isHeld = false) => CapturedOutput.NotCaptured;

    /// <summary>Gives back the buffer and closes what the sink itself has opened; targets of the caller stay open.</summary>
    public virtual void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
