namespace Telar.Subprocesses.Output;

/// <summary>Output into a stream.</summary>
/// <param name="stream">Where to.</param>
/// <param name="ownsStream">Whether it is closed at the end; it is flushed either way.</param>
internal sealed class StreamSink(Stream stream, bool ownsStream) : OutputSink
{
    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        return true;
    }

    internal override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        return true;
    }

    internal override void Complete() => stream.Flush();

    internal override async ValueTask CompleteAsync(CancellationToken cancellationToken) =>
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);

    public override void Dispose()
    {
        base.Dispose();
        if (ownsStream)
        {
            stream.Dispose();
        }
    }
}
