using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Telar.Queues.Waiting;

namespace Telar.Queues.Channels;

/// <summary>A queue, read as a channel. It has no state of its own.</summary>
internal sealed class QueueReader<T>(ILocalQueue<T> queue) : ChannelReader<T>
{
    /// <inheritdoc/>
    public override bool CanCount => true;

    /// <inheritdoc/>
    public override bool CanPeek => true;

    /// <inheritdoc/>
    public override int Count => queue.Count;

    /// <inheritdoc/>
    public override Task Completion => queue.WhenEndedAsync();

    /// <inheritdoc/>
    public override bool TryRead([MaybeNullWhen(false)] out T item) => queue.TryGet(out item);

    /// <inheritdoc/>
    public override bool TryPeek([MaybeNullWhen(false)] out T item) => queue.TryPeek(out item);

    /// <inheritdoc/>
    public override ValueTask<T> ReadAsync(CancellationToken cancellationToken = default) =>
        !cancellationToken.IsCancellationRequested && queue.TryGet(out T? item)
            ? new ValueTask<T>(item)
            : ReadWaitingAsync(cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        bool canRead = await queue.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        return !canRead && queue.Failure is { } failure ? throw failure : canRead;
    }

    private async ValueTask<T> ReadWaitingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await queue.GetAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (QueueShutDownException)
        {
            // What the contract of channels promises.
            throw new ChannelClosedException(queue.Failure);
        }
    }
}
