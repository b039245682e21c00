using Telar.Internal.Waiting;
using Telar.Subprocesses.Exchanges;
using Telar.Subprocesses.Observing;

namespace Telar.Subprocesses;

public sealed partial class Popen
{
    private Exchange? _exchange;
    private bool _isCommunicating;

    /// <summary>
    /// Writes to the child, reads what it writes until it closes its streams, and waits for its end: all at the same time, so
    /// that no pipe can fill up and block.
    /// </summary>
    /// <param name="input">What to write; needs <see cref="Stdio.Pipe"/> as standard input, which is closed afterwards.</param>
    /// <param name="timeout">How long; null for ever.</param>
    /// <param name="cancellationToken">Cancels the call. The child goes on.</param>
    /// <returns>
    /// What came from each stream that is a <see cref="Stdio.Pipe"/>. Repeated after the end, the same again.
    /// </returns>
    /// <exception cref="TimeoutExpiredException">
    /// The child did not end in time. What came until then is in the exception; the child goes on, and the call may be repeated,
    /// without an input, and nothing is lost.
    /// </exception>
    /// <exception cref="SubprocessCanceledException">The call was cancelled; as after a timeout.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call is under way, or there is an input without a pipe, or a second input.
    /// </exception>
    /// <exception cref="OutputLimitException">There was more than <see cref="PopenOptions.MaxOutput"/>. The child was stopped.</exception>
    /// <exception cref="Exception">A stream or function of the user has thrown it. The child was stopped.</exception>
    /// <remarks>
    /// A child that closes its input, or ends, before it has read everything is no error. After the child's end pipes that
    /// something else still holds are read for <see cref="PopenOptions.PipeGrace"/>. The synchronous form takes no other thread,
    /// except where a stream of the user does. Python: <c>Popen.communicate</c>.
    /// </remarks>
    public (CapturedOutput Stdout, CapturedOutput Stderr) Communicate(
        Input? input = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var deadline = WaitDeadline.After(timeout);
        Exchange exchange = BeginCommunicating(input);
        try
        {
            ExchangeOutcome outcome = Pump.Run(exchange, deadline, cancellationToken);
            if (outcome == ExchangeOutcome.Failed)
            {
                _ = Stopping.Stop(exchange, _options.Stop);
            }

            return ResultOf(exchange, outcome, timeout, cancellationToken);
        }
        finally
        {
            EndCommunicating();
        }
    }

    /// <summary>As <see cref="Communicate"/>; no thread waits.</summary>
    /// <param name="input">As there.</param>
    /// <param name="timeout">As there.</param>
    /// <param name="cancellationToken">As there.</param>
    /// <returns>As there.</returns>
    /// <exception cref="TimeoutExpiredException">As there.</exception>
    /// <exception cref="SubprocessCanceledException">As there.</exception>
    /// <exception cref="InvalidOperationException">As there.</exception>
    /// <exception cref="OutputLimitException">As there.</exception>
    public async Task<(CapturedOutput Stdout, CapturedOutput Stderr)> CommunicateAsync(
        Input? input = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var deadline = WaitDeadline.After(timeout);
        Exchange exchange = BeginCommunicating(input);
        try
        {
            ExchangeOutcome outcome = await StreamPump.RunAsync(exchange, deadline, cancellationToken).ConfigureAwait(false);
            if (outcome == ExchangeOutcome.Failed)
            {
                _ = await Stopping.StopAsync(exchange, _options.Stop).ConfigureAwait(false);
            }

            return ResultOf(exchange, outcome, timeout, cancellationToken);
        }
        finally
        {
            EndCommunicating();
        }
    }

    /// <summary>Runs the child to its end: <see cref="Subprocess.Run(CommandLine, RunOptions, CancellationToken)"/>.</summary>
    /// <param name="options">The options of the run; those that this object was made with come from them.</param>
    /// <param name="cancellationToken">Stops the child.</param>
    /// <returns>The ended child.</returns>
    internal CompletedProcess RunToEnd(RunOptions options, CancellationToken cancellationToken)
    {
        var deadline = WaitDeadline.After(options.Timeout);
        Exchange exchange = BeginCommunicating(options.Input);
        try
        {
            ExchangeOutcome outcome = Pump.Run(exchange, deadline, cancellationToken);
            NoteStopping(outcome);
            string stopped = outcome == ExchangeOutcome.Complete ? "" : Stopping.Stop(exchange, _options.Stop);
            return Completed(exchange, outcome, stopped, options, cancellationToken);
        }
        finally
        {
            EndCommunicating();
        }
    }

    /// <summary>Runs the child to its end: <see cref="Subprocess.RunAsync(CommandLine, RunOptions, CancellationToken)"/>.</summary>
    /// <param name="options">As in <see cref="RunToEnd"/>.</param>
    /// <param name="cancellationToken">Stops the child.</param>
    /// <returns>The ended child.</returns>
    internal async Task<CompletedProcess> RunToEndAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var deadline = WaitDeadline.After(options.Timeout);
        Exchange exchange = BeginCommunicating(options.Input);
        try
        {
            ExchangeOutcome outcome = await StreamPump.RunAsync(exchange, deadline, cancellationToken).ConfigureAwait(false);
            NoteStopping(outcome);
            string stopped = outcome == ExchangeOutcome.Complete
                ? ""
                : await Stopping.StopAsync(exchange, _options.Stop).ConfigureAwait(false);
            return Completed(exchange, outcome, stopped, options, cancellationToken);
        }
        finally
        {
            EndCommunicating();
        }
    }

    /// <summary>Takes the right to communicate, for one call that ends with <see cref="EndCommunicating"/>.</summary>
    /// <param name="input">What is written to the child.</param>
    /// <returns>The state of it, to be moved by a pump.</returns>
    internal Exchange BeginCommunicating(Input? input)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);
        if (Interlocked.Exchange(ref _isCommunicating, true))
        {
            throw new InvalidOperationException(
                $"Another Communicate with child {Pid} is under way. One at a time: wait for it, or cancel it.");
        }

        try
        {
            return _exchange = _exchange is null ? OpenExchange(input) : Resume(_exchange, input);
        }
        catch
        {
            EndCommunicating();
            throw;
        }
    }

    /// <summary>Whoever observes the child is told why it is about to be stopped.</summary>
    /// <param name="outcome">Why; a complete exchange is no reason.</param>
    internal void NoteStopping(ExchangeOutcome outcome) => _observation?.Stopping(outcome);

    /// <summary>Gives back the right to communicate.</summary>
    internal void EndCommunicating()
    {
        // Interlocked, as _isDisposed has to be read after this is written: I4.
        _ = Interlocked.Exchange(ref _isCommunicating, false);
        if (Volatile.Read(ref _isDisposed))
        {
            ReleasePipes();
        }
    }

    /// <summary>The result of a run, or the exception for what has come in between.</summary>
    /// <param name="exchange">What has been exchanged; the child has ended or was stopped.</param>
    /// <param name="outcome">Why the exchange ended.</param>
    /// <param name="stopped">How the child was stopped, as a clause.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="cancellationToken">What a cancellation came from.</param>
    /// <returns>The ended child.</returns>
    internal CompletedProcess Completed(
        Exchange exchange, ExchangeOutcome outcome, string stopped, RunOptions options, CancellationToken cancellationToken)
    {
        (CapturedOutput stdout, CapturedOutput stderr) = (exchange.StdoutSoFar, exchange.StderrSoFar);
        ChildObservation.CountCaptured(stdout, stderr);
        if (HasExited)
        {
            _ = EndedCode();
        }

        switch (outcome)
        {
            case ExchangeOutcome.TimedOut:
                throw new TimeoutExpiredException(Args, options, options.Timeout.GetValueOrDefault(), stdout, stderr, stopped);
            case ExchangeOutcome.Canceled:
                throw new SubprocessCanceledException(Args, options, stdout, stderr, stopped, cancellationToken);
            case ExchangeOutcome.Failed:
                throw Failure(exchange);
        }

        var process = new CompletedProcess(Args, EndedCode(), stdout, stderr, options)
        {
            ProcessId = Pid,
            Elapsed = TimeProvider.System.GetElapsedTime(_started),
            Usage = Usage,
        };
        return options.Check ? process.CheckReturnCode() : process;
    }

    // Takes the right to communicate, for ever. A call that has it at this moment releases them at its end.
    private void ReleasePipes()
    {
        if (!Interlocked.Exchange(ref _isCommunicating, true))
        {
            _exchange?.Dispose();
            _stdin?.Dispose();
            _stdout?.Dispose();
            _stderr?.Dispose();
            _terminal?.Dispose();
            _stdoutSink?.Dispose();
            _stderrSink?.Dispose();
        }
    }

    private Exchange OpenExchange(Input? input)
    {
        FlushWritten();
        bool isTyped = _terminal is not null && _stdin is null && _options.Stdin is null or PipeStdio or InheritStdio;
        ChildPipe? stdin = _stdin ?? (isTyped && input is not null ? _terminal : null);
        if (input is not null && stdin is null)
        {
            throw new InvalidOperationException(
                $"Child {Pid} cannot be given an input: its standard input is no pipe. Start it with Stdin = Stdio.Pipe.");
        }

        return new Exchange(_child.Process, _options.PipeGrace)
        {
            Stdin = stdin is null ? null : new InputLane(stdin, input, _options),
            Stdout = Lane(_stdout ?? (_options.Stdout is PipeStdio ? _terminal : null), _stdoutSink, _stdoutText),
            Stderr = Lane(_stderr, _stderrSink, _stderrText),
        };
    }

    // What the user has written and is still in a buffer. That nobody reads it any more is no error here.
    private void FlushWritten()
    {
        try
        {
            _stdinText?.Flush();
            _stdinBuffer?.Flush();
        }
        catch (Exception e) when (e is ObjectDisposedException || (e is IOException io && PipeIO.IsBroken(io)))
        {
        }
    }

    private Exchange Resume(Exchange exchange, Input? input) => input is null
        ? exchange
        : throw new InvalidOperationException(
            $"An exchange with child {Pid} has begun already, and its input with it: repeat Communicate without an input.");

    private static OutputLane? Lane(ChildPipe? pipe, Output.OutputSink? sink, ChildTextReader? reader)
    {
        if (pipe is null || sink is null)
        {
            return null;
        }

        if (reader?.TakeUnread() is { Length: > 0 } unread)
        {
            _ = sink.Write(unread);
        }

        return new OutputLane(pipe, sink);
    }

    private (CapturedOutput Stdout, CapturedOutput Stderr) ResultOf(
        Exchange exchange, ExchangeOutcome outcome, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        (CapturedOutput Stdout, CapturedOutput Stderr) result = (exchange.StdoutSoFar, exchange.StderrSoFar);
        switch (outcome)
        {
            case ExchangeOutcome.TimedOut:
                throw new TimeoutExpiredException(
                    Args, _options, timeout.GetValueOrDefault(), result.Stdout, result.Stderr, "it goes on");
            case ExchangeOutcome.Canceled:
                throw new SubprocessCanceledException(
                    Args, _options, result.Stdout, result.Stderr, "it goes on", cancellationToken);
            case ExchangeOutcome.Failed:
                throw Failure(exchange);
            default:
                return result;
        }
    }

    private OutputLimitException Failure(Exchange exchange)
    {
        exchange.ThrowFailure();
        string stream = ReferenceEquals(exchange.Full, exchange.Stderr) ? "standard error" : "standard output";
        return new OutputLimitException(Args, _options, stream, exchange.StdoutSoFar, exchange.StderrSoFar);
    }
}
