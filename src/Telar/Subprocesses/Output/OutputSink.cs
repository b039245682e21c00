namespace Telar.Subprocesses.Output;

/// <summary>Where the bytes of one output stream of a child go in this process. Fed by one thread at a time, in order.</summary>
internal abstract class OutputSink
{
    /// <summary>Takes bytes; they are the caller's again when it returns.</summary>
    /// <param name="bytes">The next bytes of the stream; never empty.</param>
    /// <returns>False: enough, the child is to be stopped because of <see cref="PopenOptions.MaxOutput"/>.</returns>
    internal abstract bool Write(ReadOnlySpan<byte> bytes);

    /// <summary>Takes bytes without blocking the thread on a slow target.</summary>
    /// <param name="bytes">The next bytes of the stream; the caller's again when the task is complete.</param>
    /// <param name="cancellationToken">Gives up; part of the bytes may have been taken.</param>
    /// <returns>As <see cref="Write"/>.</returns>
    internal virtual ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Write(bytes.Span));

    /// <summary>The end of the stream: what is held back (an unended line) goes out.</summary>
    internal virtual void Complete()
    {
    }
}
