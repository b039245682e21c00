using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Telar.Internal.Native;

// Invariants
//   I1  A key is never used twice. An event that was collected before its descriptor was removed finds nobody, even when a
//       new descriptor has got the same number meanwhile.
//   I2  OnReady is called on the one thread of this class, outside of _gate.
//   I3  An owner stays in _owners until it is removed: a child whose object nobody holds any more is reaped too.
// Locks
//   _gate is a leaf: it guards _owners. s_gate guards the making of the one watcher. An owner may take both under its own lock.
// Ownership
//   Who adds a descriptor removes it before it is closed. The set and the thread live as long as the process.

/// <summary>The one thread that waits for the ends of all children, and for all their pipes, however many.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class DescriptorWatcher
{
    private const int StackSize = 256 * 1024;
    private const int EventsAtOnce = 64;

    private const int RetryMilliseconds = 1;

    private static readonly Lock s_gate = new();
    private static DescriptorWatcher? s_instance;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, IWatchedDescriptor> _owners = [];
    private readonly EpollSet _set = new();
    private ulong _lastKey;

    private DescriptorWatcher()
    {
        var thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "Telar descriptor watcher" };
        thread.UnsafeStart();
    }

    /// <summary>The watcher; its thread begins with the first use.</summary>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static DescriptorWatcher Instance
    {
        get
        {
            lock (s_gate)
            {
                return s_instance ??= new DescriptorWatcher();
            }
        }
    }

    /// <summary>Begins to watch a descriptor.</summary>
    /// <param name="descriptor">A pipe, a terminal, a pidfd.</param>
    /// <param name="events">
    /// EPOLL bits that are told for as long as they hold; EPOLLONESHOT alone for nothing yet: see <see cref="Arm"/>.
    /// </param>
    /// <param name="owner">Who is told.</param>
    /// <returns>The key for the other members.</returns>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal ulong Add(SafeHandle descriptor, uint events, IWatchedDescriptor owner)
    {
        ulong key = Interlocked.Increment(ref _lastKey);
        lock (_gate)
        {
            _owners.Add(key, owner);
        }

        try
        {
            _set.Add(descriptor, events, key);
            return key;
        }
        catch
        {
            lock (_gate)
            {
                _owners.Remove(key);
            }

            throw;
        }
    }

    /// <summary>Asks to be told once, at once if it is so already.</summary>
    /// <param name="descriptor">A descriptor that was added.</param>
    /// <param name="key">Its key.</param>
    /// <param name="events">EPOLL bits.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal void Arm(SafeHandle descriptor, ulong key, uint events) =>
        _set.Modify(descriptor, events | Interop.Libc.EPOLLONESHOT, key);

    /// <summary>Ends watching a descriptor.</summary>
    /// <param name="descriptor">The descriptor, still open.</param>
    /// <param name="key">Its key.</param>
    internal void Remove(SafeHandle descriptor, ulong key)
    {
        _set.Remove(descriptor);
        lock (_gate)
        {
            _owners.Remove(key);
        }
    }

    private unsafe void Loop()
    {
        Span<EpollEvent> events = new EpollEvent[EventsAtOnce];
        while (true)
        {
            int count = _set.Wait(events, Timeout.Infinite);
            bool progress = false;
            foreach (EpollEvent item in events[..count])
            {
                IWatchedDescriptor? owner;
                lock (_gate)
                {
                    _ = _owners.TryGetValue(item.Key, out owner);
                }

                progress |= owner is null || owner.OnReady(item.Events);
            }

            if (!progress)
            {
                // Told, and nothing could be done about it: without a pause this thread would spin.
                _ = Interop.Libc.poll(null, 0, RetryMilliseconds);
            }
        }
    }
}
