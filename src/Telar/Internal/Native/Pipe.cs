using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>A pipe whose two ends are close-on-exec: no child gets them that was not given them.</summary>
internal sealed class Pipe : IDisposable
{
    private Pipe(SafeFileHandle reader, SafeFileHandle writer)
    {
        Reader = reader;
        Writer = writer;
    }

    /// <summary>The end to read from.</summary>
    internal SafeFileHandle Reader { get; }

    /// <summary>The end to write to.</summary>
    internal SafeFileHandle Writer { get; }

    /// <summary>Makes a pipe.</summary>
    /// <returns>The pipe; the caller disposes it, or each end by itself.</returns>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static unsafe Pipe Create()
    {
        int* ends = stackalloc int[2];
        if (Interop.Libc.pipe2(ends, Interop.Libc.O_CLOEXEC) != 0)
        {
            throw NativeError.LastException("Making a pipe failed");
        }

        return new Pipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Closes both ends; an end that is closed already stays so.</summary>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
