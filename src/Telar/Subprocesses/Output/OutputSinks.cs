using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Subprocesses.Output;

/// <summary>Makes the sink that a choice of <see cref="Stdio"/> needs in this process.</summary>
internal static class OutputSinks
{
    /// <summary>Makes the sink of one output stream. Call it before the child starts: the files of a tee are opened here.</summary>
    /// <param name="choice">Where the stream leads.</param>
    /// <param name="source">Which stream it is.</param>
    /// <param name="options">The encoding, its errors, the limit.</param>
    /// <param name="captures">Whether the stream is captured where there is no choice.</param>
    /// <returns>The sink, which the caller disposes; null when the stream does not come through this process.</returns>
    /// <exception cref="ArgumentException">A tee has a target that cannot be one.</exception>
    /// <exception cref="IOException">A file of a tee could not be opened; nothing stays open.</exception>
    internal static OutputSink? Create(Stdio? choice, OutputSource source, PopenOptions options, bool captures) => choice switch
    {
        null => captures ? Capture(options) : null,
        PipeStdio => Capture(options),
        StreamStdio stream => new StreamSink(stream.Target, ownsStream: false),
        LinesStdio lines => new LinesSink(lines.Action, options),
        SinkStdio sink => sink.Sink,
        TeeStdio tee => Tee(tee, source, options),
        _ => null,
    };

    private static OutputSink Capture(PopenOptions options)
    {
        if (options.MaxOutput is not { } limit)
        {
            return new CaptureSink(Array.MaxLength, keepsFirst: false, options);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(limit, nameof(PopenOptions.MaxOutput));
        int most = (int)Math.Min(limit, Array.MaxLength);
        return options.Overflow == OutputOverflow.KeepLast
            ? new TailSink(most, options)
            : new CaptureSink(most, options.Overflow == OutputOverflow.KeepFirst, options);
    }

    private static TeeSink Tee(TeeStdio tee, OutputSource source, PopenOptions options)
    {
        var sinks = new List<OutputSink>(tee.Targets.Count);
        try
        {
            foreach (Stdio target in tee.Targets)
            {
                if (target is not DevNullStdio)
                {
                    sinks.Add(Target(target, source, options));
                }
            }

            return new TeeSink([.. sinks]);
        }
        catch
        {
            sinks.ForEach(sink => sink.Dispose());
            throw;
        }
    }

    // What goes straight from the child to its place needs no sink on its own, but does as one target among several.
    private static OutputSink Target(Stdio target, OutputSource source, PopenOptions options) => target switch
    {
        InheritStdio => new StreamSink(
            source == OutputSource.Stdout ? Console.OpenStandardOutput() : Console.OpenStandardError(), ownsStream: true),
        FileStdio file => OpenFile(file),
        HandleStdio handle => Handle(handle.Target),
        MergeStdio or null => throw new ArgumentException(
            $"A tee leads to pipes, files, handles, streams and functions, but one of its targets is {target?.ToString() ?? "null"}. "
            + "To merge standard error into standard output, choose Stdio.Stdout for standard error itself."),
        _ => Create(target, source, options, captures: true)!, // the other kinds all come through this process
    };

    private static OutputSink Handle(SafeHandle handle) => OperatingSystem.IsLinux()
        ? new DescriptorSink(handle, ownsDescriptor: false)
        : new StreamSink(
            new FileStream(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0),
            ownsStream: false);

    // Each write goes to the end of the file, wherever that is: standard error, or another program, may lead there too.
    private static OutputSink OpenFile(FileStdio file)
    {
        if (!OperatingSystem.IsLinux())
        {
            FileMode mode = file.Append ? FileMode.Append : FileMode.Create;
            return new StreamSink(new FileStream(file.Path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), ownsStream: true);
        }

        SafeFileHandle handle = File.OpenHandle(
            file.Path, file.Append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        _ = Interop.Libc.fcntl(handle, Interop.Libc.F_SETFL, Interop.Libc.O_APPEND);
        return new DescriptorSink(handle, ownsDescriptor: true);
    }
}
