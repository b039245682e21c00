using System.Net.Sockets;
using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <summary>Waits for several connections, sockets and processes at once.</summary>
/// <remarks>
/// Python: <c>multiprocessing.connection.wait</c>. Linux only. <b>Thread safety.</b> All members may be used from any thread; what is waited
/// for must not be disposed meanwhile.
/// </remarks>
public static class Connections
{
    /// <summary>Waits until one of several objects is ready: until there is something to receive, or its end has come.</summary>
    /// <param name="items">
    /// Connections and other <see cref="IWaitable"/> objects, sockets, and handles such as the sentinel of a process; at least one. The same
    /// object may come twice.
    /// </param>
    /// <param name="timeout">How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> to look only.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All that are ready, in the order given; none when the time is over.</returns>
    /// <exception cref="ArgumentException">There is none, or one that cannot be waited for.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">One of them is closed.</exception>
    /// <remarks>Python: <c>multiprocessing.connection.wait</c>; there an empty list waits for ever, and a negative time-out is zero.</remarks>
    /// <typeparam name="T">What is waited for.</typeparam>
    public static IReadOnlyList<T> Wait<T>(IEnumerable<T> items, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (T[] all, SafeHandle[] handles) = Resolve(items);
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        using EventDescriptor? wake = cancellationToken.CanBeCanceled ? new EventDescriptor() : null;
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static wake => ((EventDescriptor?)wake)?.Set(), wake);
        var set = new PollSet(handles.Length + 1);
        foreach (SafeHandle handle in handles)
        {
            _ = set.Add(handle, Interop.Libc.POLLIN);
        }

        if (wake is not null)
        {
            _ = set.Add(wake.Handle, Interop.Libc.POLLIN);
        }

        while (true)
        {
            bool any = set.Wait(deadline.RemainingMilliseconds);
            cancellationToken.ThrowIfCancellationRequested();
            if (any || deadline.IsOver)
            {
                return Ready(all, set);
            }
        }
    }

    /// <summary>Awaits that one of several objects is ready.</summary>
    /// <inheritdoc cref="Wait"/>
    public static async ValueTask<IReadOnlyList<T>> WaitAsync<T>(
        IEnumerable<T> items, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (T[] all, SafeHandle[] handles) = Resolve(items);
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();

        // An epoll set can be read when something in it can: one descriptor to wait for in place of many.
        using var set = new EpollSet();
        foreach (SafeHandle handle in handles.Distinct())
        {
            set.Add(handle, Interop.Libc.EPOLLIN, 0);
        }

        var waiter = new ReadyWaiter(set.Handle, set);
        while (true)
        {
            T[] ready = Look(all, handles);
            if (ready.Length > 0 || deadline.IsOver)
            {
                return ready;
            }

            _ = await waiter.WaitReadableAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private static (T[] Items, SafeHandle[] Handles) Resolve<T>(IEnumerable<T> items)
        where T : class
    {
        ConnectionPlatform.ThrowIfMissing();
        ArgumentNullException.ThrowIfNull(items);
        T[] all = [.. items];
        return all.Length > 0
            ? (all, Array.ConvertAll(all, HandleOf))
            : throw new ArgumentException("There is nothing to wait for: the list is empty, so the wait would never end.", nameof(items));
    }

    private static SafeHandle HandleOf(object? item) => item switch
    {
        IWaitable waitable => waitable.SafeHandle,
        Socket socket => socket.SafeHandle,
        SafeHandle handle => handle,
        _ => throw new ArgumentException(
            $"{(item is null ? "null" : $"A {item.GetType()}")} cannot be waited for. Wait takes connections and other IWaitable objects, sockets, and "
            + "handles such as the sentinel of a process.",
            nameof(item)),
    };

    private static T[] Look<T>(T[] items, SafeHandle[] handles)
    {
        var set = new PollSet(handles.Length);
        foreach (SafeHandle handle in handles)
        {
            _ = set.Add(handle, Interop.Libc.POLLIN);
        }

        _ = set.Wait(timeoutMilliseconds: 0);
        return Ready(items, set);
    }

    private static T[] Ready<T>(T[] items, PollSet set) => [.. items.Where((_, place) => set[place] != 0)];
}
