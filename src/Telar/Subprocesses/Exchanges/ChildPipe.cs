using Microsoft.Win32.SafeHandles;
using Telar.Subprocesses.Launching;

namespace Telar.Subprocesses.Exchanges;

// Locks
//   _gate guards _stream: its making, and its end with the pipe's. Nothing that waits runs under it.
// Ownership
//   This object owns the handle; the stream, once it is made, closes it too, which a second close does not mind.

/// <summary>This process's end of a pipe to or from a child, or of its terminal: a handle, and a stream when one is needed.</summary>
/// <remarks><b>Thread safety.</b> All members may be called from any thread.</remarks>
internal sealed class ChildPipe : IDisposable
{
    private readonly FileAccess _access;
    private readonly Lock _gate = new();
    private Stream? _stream;

    /// <summary>Takes over a handle.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="access">What it is for; both for a terminal.</param>
    /// <param name="name">Its name in messages: <c>standard input of child 4711</c>.</param>
    internal ChildPipe(SafeFileHandle handle, FileAccess access, string name)
    {
        Handle = handle;
        _access = access;
        Name = name;
    }

    /// <summary>The handle.</summary>
    internal SafeFileHandle Handle { get; }

    /// <summary>Its name in messages.</summary>
    internal string Name { get; }

    /// <summary>Whether it is both directions of a terminal. Closing it hangs up on the child.</summary>
    internal bool IsTerminal => _access == FileAccess.ReadWrite;

    /// <summary>The stream over the handle; always the same one.</summary>
    internal Stream Stream
    {
        get
        {
            lock (_gate)
            {
                return _stream ??= OperatingSystem.IsLinux()
                    ? new ChildPipeStream(Handle, _access, Name)
                    : new FileStream(Handle, _access, bufferSize: 0, Handle.IsAsync);
            }
        }
    }

    /// <summary>How many bytes could be read now; 0 also where the system does not tell.</summary>
    internal int Available => Handle.IsClosed ? 0
        : OperatingSystem.IsLinux() ? PipeIO.Available(Handle)
        : OperatingSystem.IsWindows() ? WindowsPipe.Available(Handle)
        : 0;

    /// <summary>Makes the pipe hold more, where the system allows it: a refusal costs speed, not correctness.</summary>
    internal void Enlarge()
    {
        if (OperatingSystem.IsLinux() && !IsTerminal)
        {
            PipeIO.Enlarge(Handle, PipeIO.LargePipe);
        }
    }

    /// <summary>Closes the stream and the handle.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stream?.Dispose();
        }

        Handle.Dispose();
    }
}
