using Telar.Subprocesses.Output;

namespace Telar.Subprocesses.Exchanges;

/// <summary>One output stream of a child and where its bytes go. For one thread at a time.</summary>
internal sealed class OutputLane : IDisposable
{
    private readonly OutputSink _sink;
    private bool _isDiscarding;
    private bool _isClosed;

    /// <summary>Joins a pipe and a sink.</summary>
    /// <param name="pipe">Where to read.</param>
    /// <param name="sink">Where to write.</param>
    internal OutputLane(ChildPipe pipe, OutputSink sink)
    {
        Pipe = pipe;
        _sink = sink;
    }

    /// <summary>Where to read.</summary>
    internal ChildPipe Pipe { get; }

    /// <summary>Bytes read so far.</summary>
    internal long Total { get; private set; }

    /// <summary>Whether the stream is read to its end, or given up, and the sink knows it; the pipe is closed then.</summary>
    internal bool IsEnded => _isClosed && Writing is null;

    /// <summary>Whether it was given up while something still held the other end.</summary>
    internal bool IsHeld { get; private set; }

    /// <summary>What the sink has still to finish. Nothing is read meanwhile.</summary>
    internal Task<bool>? Writing { get; set; }

    /// <summary>What has been kept so far.</summary>
    /// <returns>The output.</returns>
    internal CapturedOutput Snapshot() => _sink.Snapshot(IsHeld);

    /// <summary>Hands bytes to the sink, or tells it the end.</summary>
    /// <param name="bytes">What was read; nothing is the end.</param>
    /// <returns>False: enough, the child is to be stopped.</returns>
    internal bool Take(ReadOnlySpan<byte> bytes)
    {
        Total += bytes.Length;
        if (bytes.IsEmpty)
        {
            Close();
        }

        if (_isDiscarding)
        {
            return true;
        }

        if (!bytes.IsEmpty)
        {
            return _sink.Write(bytes);
        }

        _sink.Complete();
        return true;
    }

    /// <summary>Hands bytes to the sink, or tells it the end.</summary>
    /// <param name="bytes">What was read; nothing is the end.</param>
    /// <returns>As <see cref="Take"/>.</returns>
    internal ValueTask<bool> TakeAsync(ReadOnlyMemory<byte> bytes)
    {
        Total += bytes.Length;
        if (bytes.IsEmpty)
        {
            Close();
        }

        return _isDiscarding ? ValueTask.FromResult(true)
            : bytes.IsEmpty ? CompleteAsync()
            : _sink.WriteAsync(bytes, CancellationToken.None);
    }

    /// <summary>From now on bytes are read and forgotten: the sink has failed, and the child is not to be blocked.</summary>
    internal void Discard() => _isDiscarding = true;

    /// <summary>Reading ends although the stream has not: something other than the child still holds it.</summary>
    internal void GiveUp()
    {
        IsHeld = true;
        _ = Take([]);
    }

    /// <summary>Closes the pipe and the sink.</summary>
    public void Dispose()
    {
        Close();
        (_sink as IDisposable)?.Dispose();
    }

    private async ValueTask<bool> CompleteAsync()
    {
        await _sink.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private void Close()
    {
        _isClosed = true;
        Pipe.Dispose();
    }
}
