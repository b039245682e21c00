using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Telar.Internal.Waiting;
using Telar.Queues.Channels;
using Telar.Queues.Waiting;

namespace Telar.Queues;

public abstract partial class QueueBase<T>
{
    /// <inheritdoc/>
    Exception? ILocalQueue<T>.Failure => Volatile.Read(ref _failure);

    /// <inheritdoc/>
    int ILocalQueue<T>.WaitingCount => Volatile.Read(ref _waiting);

    /// <inheritdoc/>
    public void Shutdown(bool immediate = false)
    {
        _ = EndTaking(failure: null);
        if (immediate)
        {
            Clear();
        }
    }

    /// <summary>Throws away what is in the queue. Each item thrown away counts as done, and who waits to put goes on.</summary>
    /// <remarks>
    /// Items of those who wait to put are not thrown away, but take the places that became free. An exception of
    /// <see cref="ClearCore"/> leaves the items that it did not throw away.
    /// </remarks>
    public void Clear()
    {
        WaitChain served = default;
        Enter();
        try
        {
            int before = _count;
            try
            {
                ClearCore();
            }
            finally
            {
                Volatile.Write(ref _count, CountCore());
                _unfinished = Math.Max(0, _unfinished - Math.Max(0, before - _count));
                Serve_NeedsMutex(ref served);
            }
        }
        finally
        {
            Exit();
            served.Complete();
        }
    }

    /// <summary>Ends the queue at once: <see cref="Shutdown"/> with <c>immediate: true</c>.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What <see cref="Dispose()"/> does; a derived class that owns more disposes it here too.</summary>
    /// <param name="disposing"><see langword="true"/> from <see cref="Dispose()"/>; <see langword="false"/> from a finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Shutdown(immediate: true);
        }
    }

    /// <summary>The reading side of this queue as a channel, for code that was written for <see cref="System.Threading.Channels"/>.</summary>
    /// <returns>
    /// A reader that takes items from this queue, beside all other getters. It is completed when the queue is shut down and drained.
    /// </returns>
    public ChannelReader<T> AsReader() => new QueueReader<T>(this);

    /// <summary>The writing side of this queue as a channel, for code that was written for <see cref="System.Threading.Channels"/>.</summary>
    /// <returns>A writer that puts items into this queue. Completing it is <see cref="Shutdown"/>.</returns>
    public ChannelWriter<T> AsWriter() => new QueueWriter<T>(this);

    /// <inheritdoc/>
    bool ILocalQueue<T>.EndTaking(Exception? failure) => EndTaking(failure);

    /// <inheritdoc/>
    GetAttempt ILocalQueue<T>.TryGetOrEnlist(Waiter waiter, ItemPlace<T> place)
    {
        WaitChain served = default;
        GetAttempt attempt;
        Enter();
        try
        {
            if (_count > 0)
            {
                attempt = place.TryClaim() ? GetAttempt.Taken : GetAttempt.Lost;
                if (attempt == GetAttempt.Taken)
                {
                    place.Item = Take_NeedsMutex();
                    Serve_NeedsMutex(ref served);
                }
            }
            else if (_isShutDown)
            {
                attempt = GetAttempt.Ended;
            }
            else
            {
                attempt = GetAttempt.Listed;
                Enlist_NeedsMutex(waiter, WaitKind.Get);
            }
        }
        finally
        {
            Exit();
        }

        served.Complete();
        return attempt;
    }

    /// <inheritdoc/>
    ValueTask<bool> ILocalQueue<T>.WaitToReadAsync(CancellationToken cancellationToken) => WatchAsync(WaitKind.Readable, cancellationToken);

    /// <inheritdoc/>
    ValueTask<bool> ILocalQueue<T>.WaitToWriteAsync(CancellationToken cancellationToken) => WatchAsync(WaitKind.Writable, cancellationToken);

    /// <inheritdoc/>
    Task ILocalQueue<T>.WhenEndedAsync()
    {
        Enter();
        _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WaitChain served = _isShutDown && _count == 0 ? new WaitChain { Ended = _ended, Failure = _failure } : default;
        Exit();
        served.Complete();
        return _ended.Task;
    }

    private bool EndTaking(Exception? failure)
    {
        WaitChain served = default;
        Enter();
        bool isFirst = !_isShutDown;
        if (isFirst)
        {
            _failure = failure;
            Volatile.Write(ref _isShutDown, true);
            RefuseAll_NeedsMutex(ref _putters, ref served);
            RefuseAll_NeedsMutex(ref _writeWatchers, ref served);
            Serve_NeedsMutex(ref served);
        }

        Exit();
        served.Complete();
        return isFirst;
    }

    private ValueTask<bool> WatchAsync(WaitKind kind, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        AsyncWaiter waiter = AsyncWaiter.Rent(this, kind == WaitKind.Readable ? QueueText.ToGet : QueueText.ToPut);
        ValueTask<bool> changed = waiter.Task;
        if (WatchOrEnlist(waiter, kind) is { } answer)
        {
            waiter.Recycle();
            return new ValueTask<bool>(answer);
        }

        waiter.Arm(WaitDeadline.Never, cancellationToken);
        return changed;
    }

    private bool? WatchOrEnlist(Waiter waiter, WaitKind kind)
    {
        Enter();
        bool isReady = kind == WaitKind.Readable ? _count > 0 : _count < _limit && !_isShutDown;
        bool? answer = isReady ? true : _isShutDown ? false : null;
        if (answer is null)
        {
            Enlist_NeedsMutex(waiter, kind);
        }

        Exit();
        return answer;
    }
}
