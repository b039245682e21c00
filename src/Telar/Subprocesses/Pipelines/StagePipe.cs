using System.IO.Pipes;
using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Subprocesses.Pipelines;

/// <summary>The pipe between two children of a pipeline. This process holds its ends only until both have started.</summary>
internal sealed class StagePipe : IDisposable
{
    // Bytes go from child to child in fewer and larger turns. It is the most that Linux lets everybody have for one pipe.
    private const int Size = 1024 * 1024;

    private readonly IDisposable _pipe;

    private StagePipe(IDisposable pipe, SafeHandle reader, SafeHandle writer)
    {
        _pipe = pipe;
        Reader = reader;
        Writer = writer;
    }

    /// <summary>The end of the child that reads.</summary>
    internal SafeHandle Reader { get; }

    /// <summary>The end of the child that writes.</summary>
    internal SafeHandle Writer { get; }

    /// <summary>Makes a pipe.</summary>
    /// <returns>The pipe; the caller disposes it.</returns>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static StagePipe Create()
    {
        if (OperatingSystem.IsLinux())
        {
            Pipe pipe = Pipe.Create();
            // A refusal (the user has too much in pipes already) costs speed, not correctness.
            _ = Interop.Libc.fcntl(pipe.Writer, Interop.Libc.F_SETPIPE_SZ, Size);
            return new StagePipe(pipe, pipe.Reader, pipe.Writer);
        }

        var server = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None, Size);
        return new StagePipe(server, server.ClientSafePipeHandle, server.SafePipeHandle);
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
        _pipe.Dispose();
    }
}
