using Telar.Subprocesses.Output;

namespace Telar.Subprocesses.Exchanges;

/// <summary>One output stream of a child and where its bytes go. For one thread at a time.</summary>
internal sealed class OutputLane : IDisposable
{
    private const int ManyBytes = 256 * 1024;

    private readonly OutputSink _sink;
    private bool _isEnlarged;
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

    /// <summary>Whether the stream is read to its end, or given up or closed by its user, and the sink has everything.</summary>
    internal bool IsEnded => (_isClosed || Pipe.Handle.IsClosed) && Writing is null;

    /// <summary>Whether it was given up while something still held the other end.</summary>
    internal bool IsHeld { get; private set; }

    /// <summary>The most that is still read, once reading is to end.</summary>
    internal long Left { get; set; } = long.MaxValue;

    /// <summary>What the sink has still to finish. Nothing is read meanwhile.</summary>
    internal Task<bool>? Writing { get; set; }

    /// <summary>What has been kept so far.</summary>
    /// <returns>The output.</returns>
    internal CapturedOutput Snapshot() => _sink.Snapshot(IsHeld);

    /// <summary>Where the next bytes are to be read to.</summary>
    /// <returns>Never empty; valid until the next call.</returns>
    internal Memory<byte> GetMemory() => _sink.GetMemory();

    /// <summary>Takes the bytes that were read, or the end.</summary>
    /// <param name="count">How many; 0 is the end.</param>
    /// <returns>False: enough, the child is to be stopped.</returns>
    internal bool Take(int count)
    {
        Note(count);
        if (_isDiscarding)
        {
            return true;
        }

        if (count > 0)
        {
            return _sink.Advance(count);
        }

        _sink.Complete();
        return true;
    }

    /// <summary>Takes the bytes that were read, or the end, without blocking the thread on a slow target.</summary>
    /// <param name="count">How many; 0 is the end.</param>
    /// <returns>As <see cref="Take"/>.</returns>
    internal ValueTask<bool> TakeAsync(int count)
    {
        Note(count);
        return _isDiscarding ? ValueTask.FromResult(true)
            : count > 0 ? _sink.AdvanceAsync(count, CancellationToken.None)
            : CompleteAsync();
    }

    /// <summary>Much has come, so more will: a larger pipe makes fewer and larger turns.</summary>
    internal void EnlargePipe()
    {
        if (Total >= ManyBytes && !_isEnlarged && !_isClosed)
        {
            _isEnlarged = true;
            Pipe.Enlarge();
        }
    }

    /// <summary>From now on bytes are read and forgotten: the sink has failed, and the child is not to be blocked.</summary>
    internal void Discard() => _isDiscarding = true;

    /// <summary>Reading ends although the stream has not: something other than the child still holds it.</summary>
    internal void GiveUp()
    {
        IsHeld = true;
        _ = Take(0);
    }

    /// <summary>Closes the pipe and the sink.</summary>
    public void Dispose()
    {
        Close();
        if (Writing is null)
        {
            // Otherwise a stream of the user still reads the sink's buffer.
            _sink.Dispose();
        }
    }

    private async ValueTask<bool> CompleteAsync()
    {
        await _sink.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private void Note(int count)
    {
        Total += count;
        Left -= count;
        if (count == 0)
        {
            Close();
        }
    }

    private void Close()
    {
        _isClosed = true;
        Pipe.Dispose();
    }
}
