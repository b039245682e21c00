using System.Diagnostics.CodeAnalysis;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Invariants
//   I1  A child that has not been reaped is in _children, and its pidfd in the epoll set: a child whose object nobody
//       holds any more is reaped too, and no zombie stays.
//   I2  A key is never used twice. An event that was collected before its child was removed finds nobody, even when a new
//       child has got the same descriptor number meanwhile.
// Locks
//   _gate is a leaf: it guards _children only.
// Ownership
//   A child adds itself when it starts; whoever reaps it (this thread, or one that waits for it) removes it.

/// <summary>The one thread that waits for all children, however many.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class ExitWatcher
{
    private const int StackSize = 256 * 1024;
    private const int EventsAtOnce = 64;
    private const int RetryMilliseconds = 1;

    private static readonly Lazy<ExitWatcher> s_instance = new(() => new ExitWatcher());

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinuxChildProcess> _children = [];
    private readonly EpollSet _set = new();
    private ulong _lastKey;

    private ExitWatcher()
    {
        var thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "Telar exit watcher" };
        thread.UnsafeStart();
    }

    /// <summary>The watcher; its thread begins with the first use.</summary>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static ExitWatcher Instance => s_instance.Value;

    /// <summary>A key for a child that is about to be added.</summary>
    /// <returns>The key.</returns>
    internal ulong NextKey() => Interlocked.Increment(ref _lastKey);

    /// <summary>Begins to wait for a child.</summary>
    /// <param name="key">A key of its own.</param>
    /// <param name="child">The child.</param>
    /// <param name="descriptor">Its pidfd.</param>
    /// <exception cref="IOException">The kernel refused; the child is not watched.</exception>
    internal void Add(ulong key, LinuxChildProcess child, SafeDescriptor descriptor)
    {
        lock (_gate)
        {
            _children.Add(key, child);
        }

        try
        {
            _set.Add(descriptor, Interop.Libc.EPOLLIN, key);
        }
        catch
        {
            lock (_gate)
            {
                _children.Remove(key);
            }

            throw;
        }
    }

    /// <summary>Ends waiting for a child that was reaped.</summary>
    /// <param name="key">The key that it was added under.</param>
    /// <param name="descriptor">Its pidfd, still open.</param>
    internal void Remove(ulong key, SafeDescriptor descriptor)
    {
        _set.Remove(descriptor);
        lock (_gate)
        {
            _children.Remove(key);
        }
    }

    private void Loop()
    {
        Span<EpollEvent> events = new EpollEvent[EventsAtOnce];
        while (true)
        {
            int count = _set.Wait(events, Timeout.Infinite);
            bool progress = false;
            foreach (EpollEvent item in events[..count])
            {
                LinuxChildProcess? child;
                lock (_gate)
                {
                    _ = _children.TryGetValue(item.Key, out child);
                }

                progress |= child is null || child.TryReap();
            }

            if (!progress)
            {
                // Ended, and yet not to be had: a debugger has it first, or somebody else is about to reap it. The event
                // stays set, so without a pause this thread would spin.
                PidfdWait.Pause(RetryMilliseconds);
            }
        }
    }
}
