using Telar.Subprocesses.Output;

namespace Telar.Subprocesses;

/// <summary>The lines of a child as it writes them: <see cref="Subprocess.Stream"/>.</summary>
/// <remarks>
/// <para>
/// The child starts when the lines are read for the first time, and they can be read once. A reader that is slower than the child
/// slows the child down: at most some thousand lines wait. Whoever leaves the loop early stops the child, by
/// <see cref="PopenOptions.Stop"/>, before the next statement runs.
/// </para>
/// <para>
/// The lines of one stream come in their order; those of the two streams in the order in which they arrive, which is nearly, but
/// not exactly, that in which they were written. <see cref="Stdio.Stdout"/> as standard error keeps it exactly.
/// </para>
/// <b>Thread safety.</b> One reader; <see cref="Completion"/> may be used from any thread.
/// </remarks>
// State machine
//   New --- GetAsyncEnumerator ---> Reading --- the enumerator is disposed ---> Completion is complete
// Invariants
//   I1  _isTaken is set once, by the one enumerator that may run the child.
//   I2  When the enumerator is disposed, the child has ended.
// Locks
//   None.
// Ownership
//   The enumerator owns the run, the queue and its sinks.
public sealed class OutputLines : IAsyncEnumerable<OutputLine>
{
    private readonly Func<CommandLine, RunOptions, CancellationToken, Task<CompletedProcess>> _run;
    private readonly CommandLine _command;
    private readonly RunOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly TaskCompletionSource<CompletedProcess> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isTaken;

    /// <summary>The lines of a run that has not begun.</summary>
    /// <param name="run">Runs the program, with options whose streams lead here.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">The run as its user wants it.</param>
    /// <param name="cancellationToken">Stops the child.</param>
    internal OutputLines(
        Func<CommandLine, RunOptions, CancellationToken, Task<CompletedProcess>> run,
        CommandLine command,
        RunOptions options,
        CancellationToken cancellationToken)
    {
        _run = run;
        _command = command;
        _options = options;
        _cancellationToken = cancellationToken;
    }

    /// <summary>
    /// The ended child, once all lines have been read. It fails with what the loop failed with, and with a
    /// <see cref="SubprocessCanceledException"/> when the loop was left early.
    /// </summary>
    public Task<CompletedProcess> Completion => _completion.Task;

    /// <summary>Starts the child and reads its lines.</summary>
    /// <param name="cancellationToken">Stops the child.</param>
    /// <returns>The lines. What a run throws comes out of the loop after the last line.</returns>
    /// <exception cref="InvalidOperationException">They have been read already, or are being read.</exception>
    public IAsyncEnumerator<OutputLine> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isTaken, true))
        {
            throw new InvalidOperationException(
                "The lines of a child can be read once, and a reader has them already. Call Subprocess.Stream again for another run.");
        }

        return ReadAsync(cancellationToken);
    }

    private async IAsyncEnumerator<OutputLine> ReadAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken, cancellationToken);
        using var queue = new LineQueue();
        Task<CompletedProcess> run = RunAsync(queue, stop.Token);
        try
        {
            await foreach (OutputLine line in queue.TakeAsync().ConfigureAwait(false))
            {
                yield return line;
            }

            await run.ConfigureAwait(false);
        }
        finally
        {
            queue.Abandon();
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _completion.SetFromTask(run);
            _ = _completion.Task.Exception;
        }
    }

    private async Task<CompletedProcess> RunAsync(LineQueue queue, CancellationToken cancellationToken)
    {
        try
        {
            return await _run(
                _command,
                _options with
                {
                    CaptureOutput = false,
                    Stdin = _options.Stdin ?? (_options.Input is null ? Stdio.DevNull : null),
                    Stdout = Choice(_options.Stdout, OutputSource.Stdout, queue),
                    Stderr = Choice(_options.Stderr, OutputSource.Stderr, queue),
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            queue.Complete();
        }
    }

    private Stdio Choice(Stdio? choice, OutputSource source, LineQueue queue)
    {
        if (choice is not null)
        {
            return choice;
        }

        var lines = new SinkStdio(new LineQueueSink(queue, source, _options));
        return _options.CaptureOutput ? Stdio.Tee(lines, Stdio.Pipe) : lines;
    }
}
