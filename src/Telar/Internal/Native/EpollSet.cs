using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar.Internal.Native;

/// <summary>Waits for any number of descriptors at once. <b>Thread safety.</b> All members may be called from any thread.</summary>
internal sealed class EpollSet : IDisposable
{
    private const int MaxEventsAtOnce = 64;
    private const int LargestEventSize = 16;

    // struct epoll_event is packed on x86-64 (4 + 8 bytes) and padded everywhere else (4 + 4 + 8).
    private static readonly int s_keyOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int s_eventSize = s_keyOffset + sizeof(ulong);

    private readonly SafeDescriptor _set;

    /// <summary>Makes an empty set.</summary>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal EpollSet()
    {
        _set = new SafeDescriptor(Interop.Libc.epoll_create1(Interop.Libc.EPOLL_CLOEXEC));
        if (_set.IsInvalid)
        {
            throw NativeError.LastException("Making an epoll set failed");
        }
    }

    /// <summary>The set's own descriptor, which can be read while <see cref="Wait"/> has something to tell.</summary>
    internal SafeHandle Handle => _set;

    /// <summary>Begins to watch a descriptor.</summary>
    /// <param name="descriptor">The descriptor; take it out before it is closed.</param>
    /// <param name="events">What to watch for: the EPOLL bits.</param>
    /// <param name="key">What <see cref="Wait"/> tells it by.</param>
    /// <exception cref="IOException">The kernel refused; ENOSPC means fs.epoll.max_user_watches.</exception>
    internal void Add(SafeHandle descriptor, uint events, ulong key) =>
        Control(Interop.Libc.EPOLL_CTL_ADD, descriptor, events, key, "Adding a descriptor to an epoll set failed");

    /// <summary>Changes what is watched for.</summary>
    /// <param name="descriptor">A descriptor that was added.</param>
    /// <param name="events">What to watch for from now on.</param>
    /// <param name="key">What <see cref="Wait"/> tells it by from now on.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal void Modify(SafeHandle descriptor, uint events, ulong key) =>
        Control(Interop.Libc.EPOLL_CTL_MOD, descriptor, events, key, "Changing a descriptor of an epoll set failed");

    /// <summary>Ends watching a descriptor. Events that were collected before may still be told.</summary>
    /// <param name="descriptor">A descriptor that was added.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal void Remove(SafeHandle descriptor) =>
        Control(Interop.Libc.EPOLL_CTL_DEL, descriptor, 0, 0, "Taking a descriptor out of an epoll set failed");

    /// <summary>Waits until something happens.</summary>
    /// <param name="events">Filled from the start; at most 64 at once.</param>
    /// <param name="timeoutMilliseconds">How long; -1 for ever, 0 to look only.</param>
    /// <returns>How many events there are: 0 after the timeout.</returns>
    /// <exception cref="IOException">The wait failed.</exception>
    internal unsafe int Wait(Span<EpollEvent> events, int timeoutMilliseconds)
    {
        byte* buffer = stackalloc byte[MaxEventsAtOnce * LargestEventSize];
        int count = Interop.Libc.epoll_wait(_set, buffer, Math.Min(events.Length, MaxEventsAtOnce), timeoutMilliseconds);
        if (count < 0)
        {
            // A signal handler ran. To the caller that is as if the time were up early: it looks at its clock and comes back.
            return Marshal.GetLastPInvokeError() == Interop.Errno.EINTR
                ? 0
                : throw NativeError.LastException("Waiting for an epoll set failed");
        }

        for (int i = 0; i < count; i++)
        {
            byte* item = buffer + (i * s_eventSize);
            events[i] = new EpollEvent(
                *(uint*)item,
                Unsafe.ReadUnaligned<ulong>(item + s_keyOffset));
        }

        return count;
    }

    /// <summary>Closes the set; the descriptors in it stay open.</summary>
    public void Dispose() => _set.Dispose();

    private unsafe void Control(int operation, SafeHandle descriptor, uint events, ulong key, string doing)
    {
        byte* item = stackalloc byte[LargestEventSize];
        *(uint*)item = events;
        Unsafe.WriteUnaligned(item + s_keyOffset, key);
        if (Interop.Libc.epoll_ctl(_set, operation, descriptor, item) != 0)
        {
            throw NativeError.LastException(doing);
        }
    }
}
