using Telar.Subprocesses;
using Telar.Subprocesses.Output;

namespace Telar.Testing;

/// <summary>Takes a fake result through what a real run does with the end of a program.</summary>
internal static class FakeRun
{
    private const int FakeProcessId = 1;

    /// <summary>A program that is run by itself.</summary>
    internal static async Task<CompletedProcess> CompleteAsync(FakeCall call, FakeResult result, CancellationToken cancellationToken)
    {
        CompletedProcess process = await WriteAsync(call, result, cancellationToken).ConfigureAwait(false);
        await PassTimeAsync(process, call.Options, result.Takes, "it was stopped", cancellationToken).ConfigureAwait(false);
        return call.Options.Check ? process.CheckReturnCode() : process;
    }

    /// <summary>The program writes its output to where the options say, and ends.</summary>
    /// <exception cref="OutputLimitException">It is more than <see cref="PopenOptions.MaxOutput"/>.</exception>
    internal static async Task<CompletedProcess> WriteAsync(FakeCall call, FakeResult result, CancellationToken cancellationToken)
    {
        RunOptions options = call.Options;
        bool isMerged = options.Stderr is MergeStdio;
        using OutputSink? stdout = OutputSinks.Create(options.Stdout, OutputSource.Stdout, options, options.CaptureOutput);
        using OutputSink? stderr = isMerged
            ? null
            : OutputSinks.Create(options.Stderr, OutputSource.Stderr, options, options.CaptureOutput);
        bool fits = await FeedAsync(stdout, StandardOutput(call, result), cancellationToken).ConfigureAwait(false);
        bool errorsFit = await FeedAsync(stderr, result.Stderr, cancellationToken).ConfigureAwait(false);
        CapturedOutput captured = stdout?.Snapshot() ?? CapturedOutput.NotCaptured;
        CapturedOutput errors = stderr?.Snapshot() ?? CapturedOutput.NotCaptured;
        if (!fits || !errorsFit)
        {
            throw new OutputLimitException(call.Command, options, fits ? "standard error" : "standard output", captured, errors);
        }

        return new CompletedProcess(call.Command, result.ReturnCode, captured, errors, options)
        {
            ProcessId = FakeProcessId,
            Elapsed = result.Takes,
        };
    }

    /// <summary>What comes out of standard output, with standard error where that is merged into it.</summary>
    internal static ReadOnlyMemory<byte> StandardOutput(FakeCall call, FakeResult result) =>
        call.Options.Stderr is MergeStdio ? (byte[])[.. result.Stdout.Span, .. result.Stderr.Span] : result.Stdout;

    /// <summary>The time goes by that a run takes: a timeout that is shorter strikes at once, and only a token is waited for.</summary>
    /// <param name="process">What has been written until then.</param>
    /// <param name="options">Whose timeout counts.</param>
    /// <param name="takes">How long it takes.</param>
    /// <param name="outcome">What is said of a run that is stopped.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task PassTimeAsync(
        CompletedProcess process, RunOptions options, TimeSpan takes, string outcome, CancellationToken cancellationToken)
    {
        bool isEndless = takes == Timeout.InfiniteTimeSpan;
        if (options.Timeout is { } timeout && timeout != Timeout.InfiniteTimeSpan && (isEndless || takes > timeout))
        {
            throw new TimeoutExpiredException(process.Args, options, timeout, process.Stdout, process.Stderr, outcome);
        }

        if (isEndless && !cancellationToken.CanBeCanceled)
        {
            throw new InvalidOperationException(
                $"The fake program `{process.Args}` never ends, and nobody can stop it: the run has neither a timeout nor a token. "
                + "The code under test would hang here.");
        }

        if (isEndless)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new SubprocessCanceledException(process.Args, options, process.Stdout, process.Stderr, outcome, cancellationToken);
        }
    }

    private static async Task<bool> FeedAsync(OutputSink? sink, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (sink is null)
        {
            return true;
        }

        bool fits = bytes.IsEmpty || await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await sink.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return fits;
    }
}
