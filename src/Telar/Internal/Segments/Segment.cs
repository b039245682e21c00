using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using static Telar.Interop;

namespace Telar.Internal.Segments;

// Ownership
//   The handle owns the mapping and the file. SafeHandle counts who is using the memory: Dispose ends new uses at once, and unmaps when
//   the last one that has begun is over. A segment that nobody disposes is disposed by its finalizer, or at the end of the process.
//   A pointer or reference into the memory needs a reference to this object beside it, or a count (DangerousAddRef).

/// <summary>Memory with a name that processes share; it is there until its last user has gone, however that one ends.</summary>
/// <remarks><b>Thread safety.</b> Memory: use <see cref="Interlocked"/> and <see cref="Volatile"/> on the words.</remarks>
internal sealed class Segment : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly SegmentFile _file;
    private bool _hasPressure;

    private Segment(SegmentFile file, nint address)
        : base(ownsHandle: true)
    {
        _file = file;
        SetHandle(address);
    }

    /// <summary>The name, without a slash.</summary>
    internal string Name => _file.Name;

    /// <summary>The number of bytes.</summary>
    internal long Size => _file.Size;

    /// <summary>Whether the name goes with the last user.</summary>
    internal bool IsTracked => _file.IsTracked;

    /// <summary>The open file, for the locks of slots.</summary>
    internal SafeFileHandle File => _file.Handle;

    /// <summary>Where the memory begins; only while this object is alive and undisposed.</summary>
    internal unsafe byte* Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (byte*)handle;
        }
    }

    /// <summary>Makes a segment of zeroes.</summary>
    /// <param name="name">The name, which nobody may have.</param>
    /// <param name="size">The number of bytes, above 0.</param>
    /// <param name="isTracked">Whether the name goes with the last user; otherwise it stays until it is unlinked.</param>
    /// <param name="initialize">Writes the content, before any other process can see the segment.</param>
    /// <returns>The segment, or <see langword="null"/> if the name is taken.</returns>
    /// <exception cref="IOException">There is no room, or the system has no descriptors left. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static Segment? TryCreate(string name, long size, bool isTracked, Action<Segment>? initialize = null)
    {
        ThrowIfNotSupported();
        SegmentName.Check(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        SegmentSweep.CountOne();
        Segment segment = Map(MakeFile(name, size, isTracked));
        try
        {
            initialize?.Invoke(segment);
            if (segment._file.TryPublish())
            {
                return segment;
            }
        }
        catch
        {
            segment.Dispose();
            throw;
        }

        segment.Dispose();
        return null;
    }

    /// <summary>Makes a segment of zeroes with a random name, whose name goes with the last user.</summary>
    /// <param name="prefix">What the name begins with.</param>
    /// <param name="digits">How many hexadecimal digits follow.</param>
    /// <param name="size">The number of bytes, above 0.</param>
    /// <param name="isTracked">Whether the name goes with the last user.</param>
    /// <param name="initialize">Writes the content, before any other process can see the segment.</param>
    /// <inheritdoc cref="TryCreate" path="/exception"/>
    internal static Segment CreateRandom(string prefix, int digits, long size, bool isTracked = true, Action<Segment>? initialize = null)
    {
        while (true)
        {
            if (TryCreate(SegmentName.Random(prefix, digits), size, isTracked, initialize) is { } segment)
            {
                return segment;
            }
        }
    }

    /// <summary>Opens the segment of a name and becomes one of its users.</summary>
    /// <returns>The segment, or <see langword="null"/> if there is none of that name.</returns>
    /// <exception cref="IOException">It cannot be opened or mapped, or is no shared memory.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static Segment? TryOpen(string name)
    {
        ThrowIfNotSupported();
        SegmentName.Check(name);
        return SegmentFile.TryOpen(name) is { } file ? Map(file) : null;
    }

    /// <summary>Removes the segments that killed processes have left.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static int Sweep()
    {
        ThrowIfNotSupported();
        return SegmentSweep.Run();
    }

    /// <summary>Tells the garbage collector how much goes with this object, which nobody may ever dispose. Call it once, before others have the object.</summary>
    internal void ExpectFinalizer()
    {
        GC.AddMemoryPressure(Size);
        _hasPressure = true;
    }

    /// <summary>Removes the name, so that nobody else can open the segment. Who has it open keeps it.</summary>
    /// <returns>False: the name was gone before, and not because this segment was the last one to be disposed.</returns>
    internal bool TryUnlink() => _file.TryUnlink();

    /// <summary>A word of the segment, for <see cref="Interlocked"/> and <see cref="Volatile"/>.</summary>
    /// <param name="offset">Where it begins, in bytes; a multiple of its size.</param>
    /// <returns>The word; valid while this object is neither disposed nor collected.</returns>
    internal unsafe ref T Word<T>(long offset)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Size - sizeof(T));
        return ref Unsafe.AsRef<T>(Address + offset);
    }

    protected override bool ReleaseHandle()
    {
        bool done = Libc.munmap(handle, (nuint)Size) == 0;
        if (_hasPressure)
        {
            GC.RemoveMemoryPressure(Size);
        }

        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // This may be the finalizer's thread. What was not removed is the next sweep's.
            return false;
        }

        return done;
    }

    // Room that segments of killed processes take is free already, if one knows where to look.
    private static SegmentFile MakeFile(string name, long size, bool isTracked)
    {
        try
        {
            return SegmentFile.Make(name, size, isTracked);
        }
        catch (IOException exception) when (exception.HResult == Errno.ENOSPC && SegmentSweep.Run() > 0)
        {
            return SegmentFile.Make(name, size, isTracked);
        }
    }

    private static Segment Map(SegmentFile file)
    {
        const int Protection = Libc.PROT_READ | Libc.PROT_WRITE;
        try
        {
            // A file that CPython is just making has no size yet.
            if (file.Size == 0)
            {
                throw new IOException($"Opening shared memory '{file.Name}' failed: it has no bytes. Its maker has not given it a size yet, or died before.");
            }

            nint address = Libc.mmap(0, (nuint)file.Size, Protection, Libc.MAP_SHARED, file.Handle, 0);
            return address != Libc.MAP_FAILED
                ? new Segment(file, address)
                : throw NativeError.LastException($"Mapping the {file.Size} bytes of shared memory '{file.Name}' failed");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void ThrowIfNotSupported()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException(
                "Shared memory with a name is there on Linux only so far. Use System.IO.MemoryMappedFiles here, or send the data.");
        }
    }
}
