using System.Runtime.InteropServices;

namespace Telar.Internal.Native;

/// <summary>Waits in the calling thread for a few descriptors at once, without holding any of them between two waits.</summary>
/// <remarks>For one thread.</remarks>
internal sealed class PollSet(int capacity)
{
    private readonly Interop.Libc.PollDescriptor[] _items = new Interop.Libc.PollDescriptor[capacity];
    private readonly SafeHandle[] _handles = new SafeHandle[capacity];
    private int _count;

    /// <summary>What the last wait found for a descriptor: POLL bits; 0 for a place below zero.</summary>
    /// <param name="place">What <see cref="Add"/> returned, or -1.</param>
    internal short this[int place] => place < 0 ? (short)0 : _items[place].Returned;

    /// <summary>Forgets all descriptors.</summary>
    internal void Clear() => _count = 0;

    /// <summary>Adds a descriptor to the next wait.</summary>
    /// <param name="handle">The descriptor.</param>
    /// <param name="events">POLL bits; with 0, errors and hang-ups are still told.</param>
    /// <returns>Its place.</returns>
    internal int Add(SafeHandle handle, short events)
    {
        _handles[_count] = handle;
        _items[_count] = new Interop.Libc.PollDescriptor { Requested = events };
        return _count++;
    }

    /// <summary>Waits until something happens.</summary>
    /// <param name="timeoutMilliseconds">How long; -1 for ever, 0 to look only.</param>
    /// <returns>Whether something has happened; false also when the wait ended early, by a signal.</returns>
    /// <exception cref="ObjectDisposedException">A descriptor is closed.</exception>
    /// <exception cref="IOException">The wait failed.</exception>
    internal unsafe bool Wait(int timeoutMilliseconds)
    {
        int held = 0;
        try
        {
            for (; held < _count; held++)
            {
                bool added = false;
                _handles[held].DangerousAddRef(ref added);
                _items[held].Descriptor = (int)_handles[held].DangerousGetHandle();
            }

            fixed (Interop.Libc.PollDescriptor* items = _items)
            {
                int ready = Interop.Libc.poll(items, (nuint)_count, timeoutMilliseconds);
                if (ready < 0)
                {
                    if (Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
                    {
                        throw NativeError.LastException("Waiting for descriptors failed");
                    }

                    // The kernel has not written its answers.
                    for (int i = 0; i < _count; i++)
                    {
                        items[i].Returned = 0;
                    }
                }

                return ready > 0;
            }
        }
        finally
        {
            while (held > 0)
            {
                _handles[--held].DangerousRelease();
            }
        }
    }
}
