using System.Threading.Channels;
using Telar.Queues.Waiting;

namespace Telar.Queues.Channels;

/// <summary>A queue, written as a channel. It has no state of its own.</summary>
internal sealed class QueueWriter<T>(ILocalQueue<T> queue) : ChannelWriter<T>
{
    /// <inheritdoc/>
    public override bool TryWrite(T item) => queue.TryPut(item);

    /// <inheritdoc/>
    public override bool TryComplete(Exception? error = null) => queue.EndTaking(error);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(T item, CancellationToken cancellationToken = default) =>
        !cancellationToken.IsCancellationRequested && queue.TryPut(item) ? default : WriteWaitingAsync(item, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        bool canWrite = await queue.WaitToWriteAsync(cancellationToken).ConfigureAwait(false);
        return !canWrite && queue.Failure is { } failure ? throw failure : canWrite;
    }

    private async ValueTask WriteWaitingAsync(T item, CancellationToken cancellationToken)
    {
        try
        {
            await queue.PutAsync(item, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (QueueShutDownException)
        {
            // What the contract of channels promises.
            throw new ChannelClosedException(queue.Failure);
        }
    }
}
