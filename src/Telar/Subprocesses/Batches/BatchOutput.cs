using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Telar.Subprocesses.Output;

namespace Telar.Subprocesses;

// Ownership
//   Grouped output is written by the loop of the driver alone. Lines come from the threads that read the children, several at once:
//   they go through one queue to one writer, which alone touches the streams. A queue that is full makes the children wait.

/// <summary>Writes the output of the commands of a batch to the streams of the caller, so that no two mix.</summary>
internal sealed class BatchOutput : IAsyncDisposable
{
    private const int LinesWaiting = 1024;
    private const int CopiedAtOnce = 64 * 1024;

    // What a result keeps of output that goes elsewhere: enough for a message.
    private const int KeptBytes = 64 * 1024;

    private readonly BatchOptions _options;
    private readonly Action<Exception> _onFailure;
    private readonly CancellationToken _cancellationToken;
    private readonly Channel<(Stream Target, byte[] Line)> _lines = Channel.CreateBounded<(Stream, byte[])>(LinesWaiting);
    private readonly Task _writer;

    /// <param name="options">The streams, and in which pieces they get the output.</param>
    /// <param name="onFailure">Is told when a stream or a file fails while it is written to.</param>
    /// <param name="cancellationToken">Nothing is written after it.</param>
    public BatchOutput(BatchOptions options, Action<Exception> onFailure, CancellationToken cancellationToken)
    {
        _options = options;
        _onFailure = onFailure;
        _cancellationToken = cancellationToken;
        _writer = options.Grouping == OutputGrouping.ByLine ? WriteLinesAsync() : Task.CompletedTask;
    }

    /// <summary>The options of an attempt whose output goes where it belongs; the files for it are made.</summary>
    /// <exception cref="ArgumentException">The output is to be written line by line, but is not captured.</exception>
    /// <exception cref="IOException">A file cannot be made; also <see cref="UnauthorizedAccessException"/>.</exception>
    public RunOptions Apply(RunOptions run, BatchRun job)
    {
        (job.Stdout, job.Stderr) = (default, default);
        bool isByLine = _options.Grouping == OutputGrouping.ByLine;
        string? directory = _options.ResultsDirectory is { } results ? Path.Combine(results, $"{job.Seq}") : null;
        if (directory is null && !(isByLine && (_options.Stdout ?? _options.Stderr) is not null))
        {
            return run;
        }

        if (directory is not null)
        {
            _ = Directory.CreateDirectory(directory);
        }

        (Stdio? stdout, job.Stdout) = Route(run.Stdout, isByLine ? _options.Stdout : null, "stdout");
        (Stdio? stderr, job.Stderr) = Route(run.Stderr, isByLine ? _options.Stderr : null, "stderr");
        return run with { CaptureOutput = false, Stdout = stdout, Stderr = stderr };

        (Stdio? Choice, BatchRoute Route) Route(Stdio? choice, Stream? lines, string file)
        {
            bool isCaptured = choice is PipeStdio || (choice is null && run.CaptureOutput);
            return isCaptured ? RouteCaptured(run, job, lines, directory is null ? null : Path.Combine(directory, file))
                : lines is null ? (choice, default)
                : throw new ArgumentException(
                    $"The {file} of command {job.Seq} cannot be written line by line, because it is not captured: set RunOptions.CaptureOutput.");
        }
    }

    /// <summary>Writes all the output of a command whose turn it is.</summary>
    public async Task WriteAsync(BatchRun job, BatchResult result)
    {
        if (_options.Grouping == OutputGrouping.ByJob)
        {
            await WriteAsync(_options.Stdout, result.Stdout, job.Stdout.File, job).ConfigureAwait(false);
            await WriteAsync(_options.Stderr, result.Stderr, job.Stderr.File, job).ConfigureAwait(false);
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

    // To all its places; memory gets no more than the end of what has another place, unless the user wants it otherwise.
    private (Stdio? Choice, BatchRoute Route) RouteCaptured(RunOptions run, BatchRun job, Stream? lines, string? path)
    {
        if (lines is null && path is null)
        {
            return (Stdio.Pipe, default);
        }

        TailSink? kept = run.MaxOutput is null ? new TailSink(KeptBytes, run) : null;
        ResultFile? file = path is null ? null : new ResultFile(path, _onFailure);
        List<Stdio> places = [kept is null ? Stdio.Pipe : new SinkStdio(kept)];
        if (file is not null)
        {
            places.Add(new SinkStdio(file));
        }

        if (lines is not null)
        {
            byte[] tag = TagOf(job);
            places.Add(Stdio.Lines(line => Post(lines, [.. tag, .. run.Encoding.GetBytes(line + "\n")])));
        }

        return (Stdio.Tee([.. places]), new BatchRoute(kept, file));
    }

    private async Task WriteAsync(Stream? target, CapturedOutput output, ResultFile? file, BatchRun job)
    {
        if (target is null || !output.IsCaptured || output.Length == 0)
        {
            return;
        }

        LineTagger? tagger = _options.Tag is null ? null : new LineTagger(TagOf(job));
        if (file is null)
        {
            await target.WriteAsync(tagger?.Tag(output.Bytes.Span) ?? output.Bytes, _cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await CopyAsync(file.Path, target, tagger).ConfigureAwait(false);
        }

        if (tagger is not null)
        {
            await target.WriteAsync(tagger.End(), _cancellationToken).ConfigureAwait(false);
        }

        await target.FlushAsync(_cancellationToken).ConfigureAwait(false);
    }

    private async Task CopyAsync(string path, Stream target, LineTagger? tagger)
    {
        FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        await using ConfiguredAsyncDisposable close = source.ConfigureAwait(false);
        byte[] buffer = new byte[CopiedAtOnce];
        while (await source.ReadAsync(buffer, _cancellationToken).ConfigureAwait(false) is > 0 and int count)
        {
            ReadOnlyMemory<byte> piece = tagger?.Tag(buffer.AsSpan(0, count)) ?? buffer.AsMemory(0, count);
            await target.WriteAsync(piece, _cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteLinesAsync()
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
                _onFailure(problem);
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
}
