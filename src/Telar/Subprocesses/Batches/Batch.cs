using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Telar.Subprocesses;

/// <summary>Runs many commands, some at a time: with progress, a job log to resume from, retries, time limits and a policy to give up.</summary>
/// <remarks>
/// <code>
/// BatchReport report = Batch.Run(files, file => ["gzip", "--keep", file], new BatchOptions { JobLog = "gzip.log" });
/// report.CheckSuccess();
/// </code>
/// <para>
/// A command that fails does not end the batch, and is no exception: it is a result. See <see cref="BatchReport.CheckSuccess"/> and
/// <see cref="BatchOptions.Halt"/>. Each child finds its place in the list, from 1, in the environment variable <c>TELAR_SEQ</c>, and
/// in <c>TELAR_SLOT</c> a number that no other running child of the batch has, from 1 to <see cref="BatchOptions.Jobs"/>.
/// </para>
/// <para>
/// Commands are read only when one can be started, so a list may be endless or come into being as it is read. A list that is not a
/// collection is read on a thread of the pool, as it may block; when the batch ends before the list, such a read is left to end by itself.
/// </para>
/// <para>Python has no counterpart. The model is GNU parallel.</para>
/// <b>Thread safety.</b> All members may be called from any thread. Functions in the options are called one at a time.
/// </remarks>
public static class Batch
{
    /// <summary>Runs commands and waits for all of them.</summary>
    /// <param name="commands">The commands; enumerated once.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Starts nothing more, and stops what runs by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>What became of each command, in the order of the list.</returns>
    /// <exception cref="BatchCanceledException">The batch was cancelled. It has what there is of the report; nothing runs any more.</exception>
    /// <exception cref="JobLogException">
    /// The job log is there already, cannot be read, belongs to another list (nothing was started), or cannot be written (what ran was stopped).
    /// </exception>
    /// <exception cref="ArgumentException">Options do not go together, or are out of range; nothing was started.</exception>
    public static BatchReport Run(
        IEnumerable<CommandLine> commands, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(commands, options, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Runs commands without holding a thread meanwhile.</summary>
    /// <inheritdoc cref="Run(IEnumerable{CommandLine}, BatchOptions?, CancellationToken)"/>
    public static Task<BatchReport> RunAsync(
        IEnumerable<CommandLine> commands, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(BatchSource.From(commands, static command => command), options, cancellationToken);

    /// <summary>Runs commands as they come, without holding a thread meanwhile.</summary>
    /// <param name="commands">The commands; not asked for the next before one can be started. Its token is cancelled when the batch ends early.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Starts nothing more, and stops what runs by <see cref="PopenOptions.Stop"/>.</param>
    /// <inheritdoc cref="Run(IEnumerable{CommandLine}, BatchOptions?, CancellationToken)"/>
    public static Task<BatchReport> RunAsync(
        IAsyncEnumerable<CommandLine> commands, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(BatchSource.From(commands, static command => command), options, cancellationToken);

    /// <summary>Runs a command for each item and waits for all of them.</summary>
    /// <param name="items">The items; enumerated once.</param>
    /// <param name="command">Makes the command for an item, when one can be started: <c>file => ["gzip", file]</c>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Starts nothing more, and stops what runs by <see cref="PopenOptions.Stop"/>.</param>
    /// <inheritdoc cref="Run(IEnumerable{CommandLine}, BatchOptions?, CancellationToken)"/>
    public static BatchReport Run<T>(
        IEnumerable<T> items, Func<T, CommandLine> command, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(items, command, options, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Runs a command for each item without holding a thread meanwhile.</summary>
    /// <inheritdoc cref="Run{T}(IEnumerable{T}, Func{T, CommandLine}, BatchOptions?, CancellationToken)"/>
    public static Task<BatchReport> RunAsync<T>(
        IEnumerable<T> items, Func<T, CommandLine> command, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(BatchSource.From(items, command), options, cancellationToken);

    /// <summary>Runs a command for each item as they come, without holding a thread meanwhile.</summary>
    /// <inheritdoc cref="Run{T}(IEnumerable{T}, Func{T, CommandLine}, BatchOptions?, CancellationToken)"/>
    public static Task<BatchReport> RunAsync<T>(
        IAsyncEnumerable<T> items, Func<T, CommandLine> command, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(BatchSource.From(items, command), options, cancellationToken);

    /// <summary>Runs commands, and gives each result when it is there: as they end, or with <see cref="BatchOptions.KeepOrder"/> in the order of the list.</summary>
    /// <param name="commands">The commands; enumerated once.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Starts nothing more, and stops what runs by <see cref="PopenOptions.Stop"/>.</param>
    /// <returns>
    /// The results. Nothing starts before the first is asked for. No more than <see cref="BatchOptions.Window"/> wait to be taken. Leaving
    /// the loop early stops what runs. At the end it throws what <see cref="RunAsync(IEnumerable{CommandLine}, BatchOptions?, CancellationToken)"/> throws.
    /// </returns>
    /// <exception cref="ArgumentException">Options do not go together, or are out of range; nothing was started.</exception>
    public static IAsyncEnumerable<BatchResult> Stream(
        IEnumerable<CommandLine> commands, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        Stream(BatchSource.From(commands, static command => command), options, cancellationToken);

    /// <inheritdoc cref="Stream(IEnumerable{CommandLine}, BatchOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<BatchResult> Stream(
        IAsyncEnumerable<CommandLine> commands, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        Stream(BatchSource.From(commands, static command => command), options, cancellationToken);

    /// <summary>Runs a command for each item, and gives each result when it is there.</summary>
    /// <param name="items">The items; enumerated once.</param>
    /// <param name="command">Makes the command for an item, when one can be started: <c>file => ["gzip", file]</c>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Starts nothing more, and stops what runs by <see cref="PopenOptions.Stop"/>.</param>
    /// <inheritdoc cref="Stream(IEnumerable{CommandLine}, BatchOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<BatchResult> Stream<T>(
        IEnumerable<T> items, Func<T, CommandLine> command, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        Stream(BatchSource.From(items, command), options, cancellationToken);

    /// <inheritdoc cref="Stream{T}(IEnumerable{T}, Func{T, CommandLine}, BatchOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<BatchResult> Stream<T>(
        IAsyncEnumerable<T> items, Func<T, CommandLine> command, BatchOptions? options = null, CancellationToken cancellationToken = default) =>
        Stream(BatchSource.From(items, command), options, cancellationToken);

    private static async Task<BatchReport> RunAsync(BatchSource source, BatchOptions? options, CancellationToken cancellationToken)
    {
        List<BatchResult> results = [];
        BatchDriver driver = new(source, options ?? new BatchOptions(), results.Add, waitsForTaking: false);
        try
        {
            return WithResults(await driver.RunAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (BatchCanceledException cancelled)
        {
            throw new BatchCanceledException(WithResults(cancelled.Report), cancellationToken);
        }

        BatchReport WithResults(BatchReport report) =>
            new([.. results.OrderBy(result => result.Seq)], report.Progress, report.IsComplete, report.IsHalted);
    }

    private static IAsyncEnumerable<BatchResult> Stream(BatchSource source, BatchOptions? options, CancellationToken cancellationToken)
    {
        BatchOptions valid = options ?? new BatchOptions();
        _ = valid.Validated();
        return StreamAsync(source, valid, cancellationToken, default);
    }

    // Two tokens: that of the call, and that of WithCancellation. Either ends the batch.
    private static async IAsyncEnumerable<BatchResult> StreamAsync(
        BatchSource source, BatchOptions options, CancellationToken ofTheCall, [EnumeratorCancellation] CancellationToken ofTheLoop)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ofTheCall, ofTheLoop);
        Channel<BatchResult> results = Channel.CreateUnbounded<BatchResult>();
        BatchDriver driver = new(source, options, result => results.Writer.TryWrite(result), waitsForTaking: true);
        Task run = RunToTheEndAsync();
        try
        {
            // Not by a token: after a cancellation the results of what was stopped come as well.
            await foreach (BatchResult result in results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                driver.Taken();
                yield return result;
            }

            await run.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task RunToTheEndAsync()
        {
            try
            {
                _ = await driver.RunAsync(stop.Token).ConfigureAwait(false);
            }
            finally
            {
                _ = results.Writer.TryComplete();
            }
        }
    }
}
