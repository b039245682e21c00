using System.Text;
using System.Threading.Channels;

namespace Telar.Subprocesses;

// Ownership
//   Grouped output is written by the loop of the driver alone. Lines come from the threads that read the children, several at once:
//   they go through one queue to one writer, which alone touches the streams. A queue that is full makes the children wait.

/// <summary>Writes the output of the commands of a batch to the streams of the caller, so that no two mix.</summary>
internal sealed class BatchOutput : IAsyncDisposable
{
    private const int LinesWaiting = 1024;

    private readonly BatchOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly Channel<(Stream Target, byte[] Line)> _lines = Channel.CreateBounded<(Stream, byte[])>(LinesWaiting);
    private readonly Task _writer;

    /// <param name="options">The streams, and in which pieces they get the output.</param>
    /// <param name="onFailure">Is told when a stream fails while lines are written to it.</param>
    /// <param name="cancellationToken">Nothing is written after it.</param>
    public BatchOutput(BatchOptions options, Action<Exception> onFailure, CancellationToken cancellationToken)
    {
        _options = options;
        _cancellationToken = cancellationToken;
        _writer = options.Grouping == OutputGrouping.ByLine ? WriteLinesAsync(onFailure) : Task.CompletedTask;
    }

    /// <summary>The options of a run whose output goes where it belongs.</summary>
    /// <exception cref="ArgumentException">The output is to be written line by line, but is not captured.</exception>
    public RunOptions Apply(RunOptions run, BatchRun job)
    {
        if (_options.Grouping == OutputGrouping.ByJob || (_options.Stdout is null && _options.Stderr is null))
        {
            return run;
        }

        if (!run.CaptureOutput)
        {
            throw new ArgumentException(
                $"The output of command {job.Seq} cannot be written line by line, because it is not captured: set RunOptions.CaptureOutput.");
        }

        byte[] tag = TagOf(job);
        return run with { CaptureOutput = false, Stdout = LinesTo(_options.Stdout), Stderr = LinesTo(_options.Stderr) };

        Stdio LinesTo(Stream? target) =>
            target is null ? Stdio.Pipe : Stdio.Tee(Stdio.Pipe, Stdio.Lines(line => Post(target, [.. tag, .. run.Encoding.GetBytes(line + "\n")])));
    }

    /// <summary>Writes all the output of a command whose turn it is.</summary>
    public async Task WriteAsync(BatchRun job, BatchResult result)
    {
        if (_options.Grouping == OutputGrouping.ByJob)
        {
            await WriteAsync(_options.Stdout, result.Stdout, job).ConfigureAwait(false);
            await WriteAsync(_options.Stderr, result.Stderr, job).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a command that is not run.</summary>
    public async Task WriteCommandAsync(BatchRun job)
    {
        if (_options.Stdout is { } stream)
        {
            byte[] line = Encoding.UTF8.GetBytes(JobLogFormat.Text(job.Command, _options.Run) + "\n");
            await stream.WriteAsync(line, _cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what still waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream? target, CapturedOutput output, BatchRun job)
    {
        if (target is null || !output.IsCaptured || output.Bytes.IsEmpty)
        {
            return;
        }

        ReadOnlyMemory<byte> bytes = _options.Tag is null ? output.Bytes : Tagged(output.Bytes.Span, TagOf(job));
        await target.WriteAsync(bytes, _cancellationToken).ConfigureAwait(false);
        await target.FlushAsync(_cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteLinesAsync(Action<Exception> onFailure)
    {
        try
        {
            await foreach ((Stream target, byte[] line) in _lines.Reader.ReadAllAsync(_cancellationToken).ConfigureAwait(false))
            {
                await target.WriteAsync(line, _cancellationToken).ConfigureAwait(false);
                if (_lines.Reader.Count == 0)
                {
                    await target.FlushAsync(_cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception problem)
        {
            // From now on each line fails, so that no child waits for a writer that is gone.
            _lines.Writer.TryComplete(problem);
            if (!_cancellationToken.IsCancellationRequested)
            {
                onFailure(problem);
            }
        }
    }

    private void Post(Stream target, byte[] line)
    {
        if (!_lines.Writer.TryWrite((target, line)))
        {
            _lines.Writer.WriteAsync((target, line)).AsTask().GetAwaiter().GetResult();
        }
    }

    private byte[] TagOf(BatchRun job) =>
        _options.Tag is { } tag ? _options.Run.Encoding.GetBytes(tag(job.Seq, job.Command)) : [];

    private static byte[] Tagged(ReadOnlySpan<byte> output, byte[] tag)
    {
        MemoryStream tagged = new(output.Length * 2);
        while (!output.IsEmpty)
        {
            int end = output.IndexOf((byte)'\n');
            tagged.Write(tag);
            tagged.Write(end < 0 ? output : output[..end]);
            tagged.WriteByte((byte)'\n');
            output = end < 0 ? [] : output[(end + 1)..];
        }

        return tagged.ToArray();
    }
}
