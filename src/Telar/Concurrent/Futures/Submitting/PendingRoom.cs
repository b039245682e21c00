using System.Diagnostics.CodeAnalysis;

namespace Telar.Concurrent.Futures.Submitting;

// Ownership
//   The executor owns the room and closes it. Each place that was taken is given back once, by its PendingPlace.

/// <summary>The room for pending calls of an executor that limits them.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Neither holds anything until its wait handle is used; disposed, they would throw in a late Leave.")]
internal sealed class PendingRoom(int capacity)
{
    private readonly SemaphoreSlim _free = new(capacity);
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Takes a place if there is one.</summary>
    public bool TryEnter() => _free.Wait(TimeSpan.Zero, CancellationToken.None);

    /// <summary>Takes a place; waits for one if need be.</summary>
    /// <returns>False: the room was closed.</returns>
    public bool Enter(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        try
        {
            _free.Wait(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Takes a place; waits for one if need be, without holding a thread.</summary>
    /// <returns>False: the room was closed.</returns>
    public async Task<bool> EnterAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        try
        {
            await _free.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => _free.Release();

    /// <summary>Sends away whoever waits, now and later.</summary>
    public void Close() => _closed.Cancel();
}
