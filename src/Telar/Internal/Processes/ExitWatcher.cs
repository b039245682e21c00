using System.Diagnostics.CodeAnalysis;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Invariants
//   I1  A child that was added and has not been reaped is in _children, and its pidfd in the epoll set: a child whose object
//       nobody holds any more is reaped too, and no zombie stays.
//   I2  A key is never used twice. An event that was collected before its child was removed finds nobody, even when a new
//       child has got the same descriptor number meanwhile.
// Locks
//   _gate is a leaf: it guards _children. s_gate guards the making of the one watcher; _gate may be taken under a child's
//   lock, s_gate too.
// Ownership
//   A child adds itself when somebody asks for its end; whoever reaps it (this thread, or one that waits for it) removes it.

/// <summary>The one thread that waits for all children, however many.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class ExitWatcher
{
    private const int StackSize = 256 * 1024;
    private const int EventsAtOnce = 64;
    private const int RetryMilliseconds = 1;

    private static readonly Lock s_gate = new();
    private static ExitWatcher? s_instance;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinuxChildProcess> _children = [];
    private readonly EpollSet _set = new();
    private ulong _lastKey;

    private ExitWatcher()
    {
        var thread = new Thread(Loop, StackSize) { IsBackground = true, Name = "Telar exit watcher" };
        thread.UnsafeStart();
    }

    /// <summary>Begins to wait for a child. The thread begins with the first.</summary>
    /// <param name="child">The child.</param>
    /// <param name="descriptor">Its pidfd.</param>
    /// <param name="key">What <see cref="Remove"/> needs.</param>
    /// <returns>The watcher, or null when the kernel refused: the child is not watched.</returns>
    internal static ExitWatcher? TryAdd(LinuxChildProcess child, SafeDescriptor descriptor, out ulong key)
    {
        key = 0;
        try
        {
            ExitWatcher watcher;
            lock (s_gate)
            {
                watcher = s_instance ??= new ExitWatcher();
            }

            key = Interlocked.Increment(ref watcher._lastKey);
            watcher.Add(key, child, descriptor);
            return watcher;
        }
        catch (IOException)
        {
            return null;
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

    private void Add(ulong key, LinuxChildProcess child, SafeDescriptor descriptor)
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
