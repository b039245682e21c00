using System.IO.Pipes;
using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Subprocesses.Exchanges;

namespace Telar.Subprocesses.Pipelines;

/// <summary>The pipe between two children of a pipeline. This process holds its ends only until both have started.</summary>
internal sealed class StagePipe : IDisposable
{
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
            PipeIO.Enlarge(pipe.Writer, PipeIO.LargePipe);
            return new StagePipe(pipe, pipe.Reader, pipe.Writer);
        }

        var server = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None, PipeIO.LargePipe);
        return new StagePipe(server, server.ClientSafePipeHandle, server.SafePipeHandle);
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
        _pipe.Dispose();
    }
}
