using Telar.Subprocesses;
using Telar.Subprocesses.Output;

namespace Telar.Testing;

/// <summary>Takes a fake result through what a real run does with the end of a program.</summary>
internal static class FakeRun
{
    private const int FakeProcessId = 1;

    internal static async Task<CompletedProcess> CompleteAsync(FakeCall call, FakeResult result, CancellationToken cancellationToken)
    {
        RunOptions options = call.Options;
        bool isMerged = options.Stderr is MergeStdio;
        using OutputSink? stdout = OutputSinks.Create(options.Stdout, OutputSource.Stdout, options, options.CaptureOutput);
        using OutputSink? stderr = isMerged
            ? null
            : OutputSinks.Create(options.Stderr, OutputSource.Stderr, options, options.CaptureOutput);
        byte[] output = isMerged ? [.. result.Stdout.Span, .. result.Stderr.Span] : result.Stdout.ToArray();
        bool fits = await FeedAsync(stdout, output, cancellationToken).ConfigureAwait(false);
        bool errorsFit = await FeedAsync(stderr, result.Stderr, cancellationToken).ConfigureAwait(false);
        CapturedOutput captured = stdout?.Snapshot() ?? CapturedOutput.NotCaptured;
        CapturedOutput errors = stderr?.Snapshot() ?? CapturedOutput.NotCaptured;
        if (!fits || !errorsFit)
        {
            throw new OutputLimitException(call.Command, options, fits ? "standard error" : "standard output", captured, errors);
        }

        await PassTimeAsync(call, result.Takes, captured, errors, cancellationToken).ConfigureAwait(false);
        var process = new CompletedProcess(
            call.Command, options, FakeProcessId, result.ReturnCode, captured, errors, result.Takes, usage: null);
        return options.Check ? process.CheckReturnCode() : process;
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

    private static async Task PassTimeAsync(
        FakeCall call, TimeSpan takes, CapturedOutput stdout, CapturedOutput stderr, CancellationToken cancellationToken)
    {
        bool isEndless = takes == Timeout.InfiniteTimeSpan;
        if (call.Options.Timeout is { } timeout && timeout != Timeout.InfiniteTimeSpan && (isEndless || takes > timeout))
        {
            throw new TimeoutExpiredException(call.Command, call.Options, timeout, stdout, stderr, "it was stopped");
        }

        if (isEndless && !cancellationToken.CanBeCanceled)
        {
            throw new InvalidOperationException(
                $"The fake program `{call.Command}` never ends, and nobody can stop it: the run has neither a timeout nor a token. "
                + "The code under test would hang here.");
        }

        if (isEndless)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
    }
}
