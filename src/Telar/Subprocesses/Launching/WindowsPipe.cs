using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Processes;
using static Telar.Interop.Kernel32;

namespace Telar.Subprocesses.Launching;

/// <summary>A pipe to a child on Windows: our end is for asynchronous use, the child's for the ordinary one that programs expect.</summary>
/// <remarks>
/// An anonymous pipe of Windows has no asynchronous end, so it is a named one with a name that nobody can guess and one instance.
/// Whoever else would open it in the instant before we do makes our own open, and so the start, fail.
/// </remarks>
internal sealed class WindowsPipe : IDisposable
{
    private const int DefaultSize = 64 * 1024;
    private const uint OneInstance = 1;

    private WindowsPipe(SafeFileHandle ours, SafeFileHandle childs)
    {
        Ours = ours;
        Childs = childs;
    }

    /// <summary>The end of this process, opened for asynchronous reading or writing.</summary>
    internal SafeFileHandle Ours { get; }

    /// <summary>The end of the child.</summary>
    internal SafeFileHandle Childs { get; }

    /// <summary>Makes a pipe.</summary>
    /// <param name="toChild">True: we write and the child reads.</param>
    /// <param name="size">Bytes that it holds; null: 64 KiB.</param>
    /// <returns>The pipe; the caller disposes it, or each end by itself.</returns>
    /// <exception cref="IOException">The system does not let us.</exception>
    internal static WindowsPipe Create(bool toChild, int? size = null)
    {
        string name = $@"\\.\pipe\telar-{Environment.ProcessId}-{Guid.NewGuid():N}";
        uint bytes = (uint)(size ?? DefaultSize);
        SafeFileHandle ours = CreateNamedPipeW(
            name,
            (toChild ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
            PIPE_REJECT_REMOTE_CLIENTS,
            OneInstance,
            bytes,
            bytes,
            0,
            0);
        if (ours.IsInvalid)
        {
            throw WindowsError.LastException("Making a pipe failed");
        }

        // Programs ask what their standard handles are, which takes the right to read attributes of an end that they write to.
        SafeFileHandle childs = CreateFileW(
            name, toChild ? GENERIC_READ | FILE_WRITE_ATTRIBUTES : GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, 0, OPEN_EXISTING, 0, 0);
        if (childs.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            ours.Dispose();
            throw WindowsError.Exception(error, "Opening the child's end of a pipe failed");
        }

        return new WindowsPipe(ours, childs);
    }

    /// <summary>How many bytes could be read now.</summary>
    /// <param name="handle">An end to read from.</param>
    /// <returns>The number; 0 also when the system does not tell.</returns>
    internal static int Available(SafeHandle handle) =>
        PeekNamedPipe(handle, 0, 0, 0, out uint bytes, 0) ? (int)Math.Min(bytes, int.MaxValue) : 0;

    /// <summary>Closes both ends; an end that is closed already stays so.</summary>
    public void Dispose()
    {
        Ours.Dispose();
        Childs.Dispose();
    }
}
