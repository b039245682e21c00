using System.Runtime.InteropServices;
using Telar.Internal.Waiting;

namespace Telar.Internal.Native;

/// <summary>Waits until a descriptor can be read or written, in the thread or by an await; a token, a time limit or the end of the descriptor's owner ends the wait.</summary>
/// <param name="descriptor">What is waited for; the owner's.</param>
/// <param name="owner">Who is named when a wait ends because it has closed the descriptor.</param>
// Invariants
//   I1  At most one waits to read and one to write: the owner sees to it.
//   I2  The descriptor is in the watcher's set exactly while somebody awaits (_key is not 0): an owner that is forgotten while nobody
//       waits can be collected.
//   I3  Close sets _closed before it looks for waiters; a waiter shows itself before it looks at _closed. One of the two sees the other.
// Locks
//   _gate guards _key and the waiters of both kinds. Under it the watcher's lock may be taken. No continuation runs under it.
// Ownership
//   The descriptor is the owner's, which calls Close while it is still open and closes it afterwards. A waiting thread's event is found
//   in _threads only while that thread waits here.
internal sealed class ReadyWaiter(SafeHandle descriptor, object owner) : IWatchedDescriptor
{
    private const int Reading = 0;
    private const int Writing = 1;
    private static readonly uint[] s_events = [Interop.Libc.EPOLLIN | Interop.Libc.EPOLLRDHUP, Interop.Libc.EPOLLOUT];
    private static readonly short[] s_pollEvents = [Interop.Libc.POLLIN, Interop.Libc.POLLOUT];

    private static readonly TimeSpan s_longestAwait = TimeSpan.FromDays(20);

    private readonly Lock _gate = new();
    private readonly EventDescriptor?[] _threads = new EventDescriptor?[2];

    // Of the one waiting thread of each kind (I1), kept for the next wait.
    private readonly PollSet?[] _polls = new PollSet?[2];
    private readonly TaskCompletionSource?[] _tasks = new TaskCompletionSource?[2];
    private ulong _key;
    private bool _closed;

    /// <summary>Waits in the calling thread until the descriptor can be read, or has ended.</summary>
    /// <returns>False when the time is over. True may come early: look again.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The owner has closed the descriptor.</exception>
    internal bool WaitReadable(WaitDeadline deadline, CancellationToken cancellationToken) => Wait(Reading, deadline, cancellationToken);

    /// <summary>The same for writing.</summary>
    internal bool WaitWritable(WaitDeadline deadline, CancellationToken cancellationToken) => Wait(Writing, deadline, cancellationToken);

    /// <summary>Awaits that the descriptor can be read, or has ended.</summary>
    /// <returns>False when the time is over. True may come early: look again.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The owner has closed the descriptor.</exception>
    internal Task<bool> WaitReadableAsync(WaitDeadline deadline, CancellationToken cancellationToken) => WaitAsync(Reading, deadline, cancellationToken);

    /// <summary>The same for writing.</summary>
    internal Task<bool> WaitWritableAsync(WaitDeadline deadline, CancellationToken cancellationToken) => WaitAsync(Writing, deadline, cancellationToken);

    /// <summary>Ends all waits. The owner closes the descriptor after this.</summary>
    internal void Close()
    {
        TaskCompletionSource?[] tasks;
        lock (_gate)
        {
            _closed = true;
            tasks = [.. _tasks];
            foreach (EventDescriptor? thread in _threads)
            {
                thread?.Set();
            }

            Unwatch_NeedsLock();
        }

        foreach (TaskCompletionSource? task in tasks)
        {
            _ = task?.TrySetException(new ObjectDisposedException(owner.GetType().FullName));
        }
    }

    /// <inheritdoc/>
    public bool OnReady(uint events)
    {
        TaskCompletionSource? reader;
        TaskCompletionSource? writer;
        lock (_gate)
        {
            bool hasEnded = (events & (Interop.Libc.EPOLLERR | Interop.Libc.EPOLLHUP)) != 0;
            reader = hasEnded || (events & s_events[Reading]) != 0 ? Take_NeedsLock(Reading) : null;
            writer = hasEnded || (events & s_events[Writing]) != 0 ? Take_NeedsLock(Writing) : null;
            Watch_NeedsLock();
        }

        // Continuations run elsewhere: the sources were made so.
        _ = reader?.TrySetResult();
        _ = writer?.TrySetResult();
        return true;
    }

    private bool Wait(int side, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        EventDescriptor wake = WakeEvents.Rent();
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, owner);
                _threads[side] = wake;
            }

            using CancellationTokenRegistration registration =
                cancellationToken.UnsafeRegister(static wake => ((EventDescriptor)wake!).Set(), wake); // not null: passed here
            PollSet set = _polls[side] ??= new PollSet(2);
            set.Clear();
            int place = set.Add(descriptor, s_pollEvents[side]);
            int wakePlace = set.Add(wake.Handle, Interop.Libc.POLLIN);
            _ = set.Wait(deadline.RemainingMilliseconds);
            cancellationToken.ThrowIfCancellationRequested();
            return set[place] != 0 || set[wakePlace] != 0 || !deadline.IsOver;
        }
        finally
        {
            bool closed;
            lock (_gate)
            {
                _threads[side] = null;
                closed = _closed;
            }

            // Neither Close nor the token can set it from here on.
            WakeEvents.Return(wake, mayBeSet: closed || cancellationToken.IsCancellationRequested);
            ObjectDisposedException.ThrowIf(closed, owner);
        }
    }

    private async Task<bool> WaitAsync(int side, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var task = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _tasks[side] = task;
            try
            {
                Watch_NeedsLock();
            }
            catch
            {
                _tasks[side] = null;
                throw;
            }
        }

        try
        {
            await task.Task.WaitAsync(Limit(deadline), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return !deadline.IsOver;
        }
        finally
        {
            lock (_gate)
            {
                if (_tasks[side] == task)
                {
                    _tasks[side] = null;
                    Watch_NeedsLock();
                }
            }
        }
    }

    private TaskCompletionSource? Take_NeedsLock(int side)
    {
        TaskCompletionSource? task = _tasks[side];
        _tasks[side] = null;
        return task;
    }

    // Makes the watcher's set agree with who waits.
    private void Watch_NeedsLock()
    {
        uint events = (_tasks[Reading] is null ? 0 : s_events[Reading]) | (_tasks[Writing] is null ? 0 : s_events[Writing]);
        if (events == 0 || _closed)
        {
            Unwatch_NeedsLock();
        }
        else if (_key == 0)
        {
            _key = DescriptorWatcher.Instance.Add(descriptor, events | Interop.Libc.EPOLLONESHOT, this);
        }
        else
        {
            DescriptorWatcher.Instance.Arm(descriptor, _key, events);
        }
    }

    private void Unwatch_NeedsLock()
    {
        if (_key != 0)
        {
            DescriptorWatcher.Instance.Remove(descriptor, _key);
            _key = 0;
        }
    }

    // A task refuses to wait for longer than 49 days.
    private static TimeSpan Limit(WaitDeadline deadline)
    {
        TimeSpan left = deadline.Remaining;
        return left > s_longestAwait ? s_longestAwait : left;
    }
}
