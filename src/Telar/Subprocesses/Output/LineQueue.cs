using System.Threading.Channels;

namespace Telar.Subprocesses.Output;

/// <summary>The lines that a child has written and a reader has not yet taken. When there are many, reading from the child pauses.</summary>
// Invariants
//   I1  _room has one permit for each line that may still be put in; whoever takes a line out gives one back. The lines that come
//       with the end of a stream (at most one of each) go in without a permit, because that end may not wait.
//   I2  After Abandon nobody waits for room, and what comes is forgotten.
// Locks
//   None of its own.
// Ownership
//   OutputLines makes it and disposes it when the run has ended; then no sink uses it any more.
internal sealed class LineQueue : IDisposable
{
    private const int MostLines = 1024;

    private readonly Channel<OutputLine> _lines = Channel.CreateUnbounded<OutputLine>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly SemaphoreSlim _room = new(MostLines);
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>Puts a line in, waiting for room.</summary>
    /// <param name="line">The line.</param>
    /// <returns>A task that ends when it is in.</returns>
    internal async ValueTask PutAsync(OutputLine line)
    {
        try
        {
            await _room.WaitAsync(_abandoned.Token).ConfigureAwait(false);
            PutNow(line);
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            // Nobody reads any more.
        }
    }

    /// <summary>Puts a line in without waiting.</summary>
    /// <param name="line">The line.</param>
    internal void PutNow(OutputLine line) => _lines.Writer.TryWrite(line);

    /// <summary>There will be no more lines.</summary>
    internal void Complete() => _lines.Writer.TryComplete();

    /// <summary>The reader has gone.</summary>
    internal void Abandon() => _abandoned.Cancel();

    /// <summary>Takes the lines out.</summary>
    /// <returns>The lines, until <see cref="Complete"/>.</returns>
    internal async IAsyncEnumerable<OutputLine> TakeAsync()
    {
        await foreach (OutputLine line in _lines.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            _room.Release();
            yield return line;
        }
    }

    public void Dispose()
    {
        _room.Dispose();
        _abandoned.Dispose();
    }
}
