namespace Telar.Subprocesses.Output;

/// <summary>Output into a queue, line by line. Only for asynchronous runs, where a full queue costs no thread.</summary>
/// <param name="queue">Where to.</param>
/// <param name="source">Which stream this is.</param>
/// <param name="options">How the bytes are read as text.</param>
internal sealed class LineQueueSink(LineQueue queue, OutputSource source, PopenOptions options) : OutputSink
{
    private readonly LineSplitter _splitter = new(options);

    internal override bool Write(ReadOnlySpan<byte> bytes) =>
        throw new NotSupportedException("Lines for an asynchronous reader are written by an asynchronous run.");

    internal override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_splitter.Append(bytes.Span)..];
            while (_splitter.TryTake(out string? line))
            {
                await queue.PutAsync(new OutputLine(source, line)).ConfigureAwait(false);
            }
        }

        return true;
    }

    internal override void Complete()
    {
        _splitter.End();
        while (_splitter.TryTake(out string? line))
        {
            queue.PutNow(new OutputLine(source, line));
        }
    }
}
