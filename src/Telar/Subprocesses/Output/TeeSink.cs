namespace Telar.Subprocesses.Output;

/// <summary>Output to several sinks; each gets everything, one after the other.</summary>
/// <param name="sinks">The sinks; they end with this one.</param>
internal sealed class TeeSink(OutputSink[] sinks) : OutputSink
{
    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        bool goesOn = true;
        foreach (OutputSink sink in sinks)
        {
            goesOn &= sink.Write(bytes);
        }

        return goesOn;
    }

    internal override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        bool goesOn = true;
        foreach (OutputSink sink in sinks)
        {
            goesOn &= await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }

        return goesOn;
    }

    internal override void Complete()
    {
        foreach (OutputSink sink in sinks)
        {
            sink.Complete();
        }
    }

    internal override async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        foreach (OutputSink sink in sinks)
        {
            await sink.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal override CapturedOutput Snapshot(bool isHeld = false)
    {
        foreach (OutputSink sink in sinks)
        {
            if (sink.Snapshot(isHeld) is { IsCaptured: true } captured)
            {
                return captured;
            }
        }

        return CapturedOutput.NotCaptured;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (OutputSink sink in sinks)
        {
            sink.Dispose();
        }
    }
}
