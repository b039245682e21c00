using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

// Ownership
//   The handle owns the mapping, not the descriptor that it was made from: Create returns both, and either may go first.
//   A reference from Word points into the mapping. Whoever uses one keeps the page alive and undisposed meanwhile
//   (a field of the same owner will do); afterwards a read of it is a segmentation fault, not an exception.

/// <summary>Memory that several processes share: it lives until the last of them has unmapped it, however they end.</summary>
/// <remarks><b>Thread safety.</b> Memory: use <see cref="Interlocked"/> and <see cref="Volatile"/> on the words.</remarks>
internal sealed class SharedPage : SafeHandleZeroOrMinusOneIsInvalid
{
    private SharedPage(nint address, int size)
        : base(ownsHandle: true)
    {
        SetHandle(address);
        Size = size;
    }

    /// <summary>The number of bytes.</summary>
    internal int Size { get; }

    /// <summary>Makes a region of zeroes without a name.</summary>
    /// <param name="size">The number of bytes, above 0.</param>
    /// <param name="descriptor">What other processes attach by: pass it on, then dispose it.</param>
    /// <returns>The region, mapped here.</returns>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    internal static SharedPage Create(int size, out SafeFileHandle descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        SafeFileHandle memory = Interop.Libc.memfd_create("telar", Interop.Libc.MFD_CLOEXEC);
        try
        {
            if (memory.IsInvalid)
            {
                throw NativeError.LastException("Making shared memory failed");
            }

            if (Interop.Libc.ftruncate(memory, size) != 0)
            {
                throw NativeError.LastException($"Making {size} bytes of shared memory failed");
            }

            SharedPage page = Map(memory, size);
            descriptor = memory;
            return page;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Maps a region that another process made.</summary>
    /// <param name="descriptor">The descriptor that came from there; it is no longer needed afterwards.</param>
    /// <param name="size">How many bytes to map.</param>
    /// <returns>The region, mapped here.</returns>
    /// <exception cref="IOException">The region is smaller than that, or cannot be mapped.</exception>
    internal static SharedPage Attach(SafeHandle descriptor, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        long available = Interop.Libc.lseek(descriptor, 0, Interop.Libc.SEEK_END);
        if (available < 0)
        {
            throw NativeError.LastException("Asking shared memory for its size failed");
        }

        // A mapping beyond the end can be made, but kills the process with SIGBUS when it is read.
        return available >= size
            ? Map(descriptor, size)
            : throw new IOException($"Attaching {size} bytes of shared memory failed: the region has only {available}.");
    }

    /// <summary>A 64-bit word of the region.</summary>
    /// <param name="index">Which word, from 0.</param>
    /// <returns>The word; valid while this object is neither disposed nor collected.</returns>
    internal unsafe ref long Word(int index)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size / sizeof(long));
        return ref ((long*)handle)[index];
    }

    /// <summary>
    /// Ends the sharing at once, while threads of this process may still be reading: they read zeroes of their own from here on. A
    /// mapping keeps the file open, and with it the locks that say who uses it.
    /// </summary>
    internal void StopSharing()
    {
        const int Protection = Interop.Libc.PROT_READ | Interop.Libc.PROT_WRITE;
        const int Flags = Interop.Libc.MAP_PRIVATE | Interop.Libc.MAP_FIXED | Interop.Libc.MAP_ANONYMOUS;
        if (!IsClosed && Interop.Libc.mmap(handle, (nuint)Size, Protection, Flags, -1, 0) == Interop.Libc.MAP_FAILED)
        {
            throw NativeError.LastException($"Giving back {Size} bytes of shared memory failed");
        }
    }

    protected override bool ReleaseHandle() => Interop.Libc.munmap(handle, (nuint)Size) == 0;

    private static SharedPage Map(SafeHandle descriptor, int size)
    {
        const int Protection = Interop.Libc.PROT_READ | Interop.Libc.PROT_WRITE;
        nint address = Interop.Libc.mmap(0, (nuint)size, Protection, Interop.Libc.MAP_SHARED, descriptor, 0);
        return address != Interop.Libc.MAP_FAILED
            ? new SharedPage(address, size)
            : throw NativeError.LastException($"Mapping {size} bytes of shared memory failed");
    }
}
