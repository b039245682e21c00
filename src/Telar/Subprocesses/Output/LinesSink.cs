namespace Telar.Subprocesses.Output;

/// <summary>Output to a function, line by line.</summary>
/// <param name="action">Gets each line as soon as its end is there; the last one at the end of the stream.</param>
/// <param name="options">How the bytes are read as text.</param>
internal sealed class LinesSink(Action<string> action, PopenOptions options) : OutputSink
{
    private readonly LineSplitter _splitter = new(options);

    internal override bool Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_splitter.Append(bytes)..];
            Deliver();
        }

        return true;
    }

    internal override void Complete()
    {
        _splitter.End();
        Deliver();
    }

    private void Deliver()
    {
        while (_splitter.TryTake(out string? line))
        {
            action(line);
        }
    }
}
