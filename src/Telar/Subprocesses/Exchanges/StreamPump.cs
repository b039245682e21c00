using System.Diagnostics.CodeAnalysis;
using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Moves an exchange with asynchronous streams: no thread waits. Also the synchronous way where there is no poll.</summary>
/// <remarks>
/// Feeding and both outputs are a task each. When the pump returns, they have ended: what is still under way with a stream of
/// the user stays in its lane, and the next pump goes on with it.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "RunAsync makes it and disposes both.")]
internal sealed class StreamPump
{
    private readonly Exchange _exchange;
    private readonly bool _hadFailed;
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Two steps of the end: no read that would wait, and then nothing that would wait.
    private readonly CancellationTokenSource _stopReading = new();
    private readonly CancellationTokenSource _leave = new();

    private StreamPump(Exchange exchange)
    {
        _exchange = exchange;
        _hadFailed = exchange.HasFailed;
    }

    /// <summary>Moves an exchange until it is complete, or something prevents that.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it returned.</returns>
    internal static async Task<ExchangeOutcome> RunAsync(
        Exchange exchange, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        var pump = new StreamPump(exchange);
        Task feed = pump.FeedAsync();
        Task outputs = Task.WhenAll(pump.DrainAsync(exchange.Stdout), pump.DrainAsync(exchange.Stderr));
        ExchangeOutcome outcome;
        try
        {
            outcome = await pump.WaitAsync(feed, outputs, deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            pump._leave.Cancel();
            pump._stopReading.Cancel();
            await Task.WhenAll(feed, outputs).ConfigureAwait(false);
            pump._leave.Dispose();
            pump._stopReading.Dispose();
        }

        if (outcome == ExchangeOutcome.Complete)
        {
            exchange.Complete();
        }

        return pump.HasNewFailure ? ExchangeOutcome.Failed : outcome;
    }

    private bool HasNewFailure => _exchange.HasFailed && !_hadFailed;

    private async Task<ExchangeOutcome> WaitAsync(
        Task feed, Task outputs, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ExchangeOutcome outcome;
        if (!_exchange.HasExited)
        {
            outcome = await UntilAsync(_exchange.Child.Exited, deadline, cancellationToken).ConfigureAwait(false);
            if (outcome != ExchangeOutcome.Complete)
            {
                return outcome;
            }

            _exchange.NoteExit();
        }

        WaitDeadline limit = _exchange.CountsTime ? deadline : _exchange.GraceEnd;
        outcome = await UntilAsync(outputs, limit, cancellationToken).ConfigureAwait(false);
        if (outcome == ExchangeOutcome.TimedOut && !_exchange.CountsTime)
        {
            // Something holds a pipe. What is in it is read all the same, and a slow stream of the user gets it.
            _stopReading.Cancel();
            outcome = await UntilAsync(outputs, _exchange.IsStopping ? deadline : WaitDeadline.Never, cancellationToken).ConfigureAwait(false);
        }

        if (outcome != ExchangeOutcome.Complete || _exchange.Stdin is not { IsEnded: false, IsLoading: false })
        {
            // A source that is slow has nobody left to feed.
            return outcome;
        }

        outcome = await UntilAsync(feed, limit, cancellationToken).ConfigureAwait(false);
        return outcome == ExchangeOutcome.TimedOut && !_exchange.CountsTime ? ExchangeOutcome.Complete : outcome;
    }

    private async Task<ExchangeOutcome> UntilAsync(Task task, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            Task first = _hadFailed ? task : Task.WhenAny(task, _failed.Task);
            bool ended = await AsyncWait.UntilAsync(first, deadline, cancellationToken).ConfigureAwait(false);
            return HasNewFailure ? ExchangeOutcome.Failed : ended ? ExchangeOutcome.Complete : ExchangeOutcome.TimedOut;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExchangeOutcome.Canceled;
        }
    }

    private async Task FeedAsync()
    {
        if (_exchange.Stdin is not { IsEnded: false } stdin)
        {
            return;
        }

        try
        {
            if (stdin.Rest.Length > PipeIO.OrdinaryPipe)
            {
                stdin.Pipe.Enlarge();
            }

            while (!stdin.IsEnded)
            {
                if (stdin.Pending is null && stdin.Rest.IsEmpty && !stdin.HasSource)
                {
                    stdin.Finish();
                    return;
                }

                stdin.Pending ??= stdin.Rest.IsEmpty ? stdin.LoadAsync() : stdin.WriteRestAsync();
                await stdin.Pending.WaitAsync(_leave.Token).ConfigureAwait(false);
                stdin.Pending = null;
            }
        }
        catch (OperationCanceledException) when (_leave.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _exchange.Fail(e, lane: null);
            _ = _failed.TrySetResult();
        }
    }

    private async Task DrainAsync(OutputLane? lane)
    {
        if (lane is null)
        {
            return;
        }

        try
        {
            while (await FinishWritingAsync(lane).ConfigureAwait(false) && await ReadAsync(lane).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (_stopReading.IsCancellationRequested || _leave.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            lane.Writing = null;
            _exchange.Fail(e, lane);
            _ = _failed.TrySetResult();
        }
    }

    // Returns whether there is more to read.
    private async ValueTask<bool> FinishWritingAsync(OutputLane lane)
    {
        if (lane.Writing is { } writing)
        {
            bool wantsMore = await writing.WaitAsync(_leave.Token).ConfigureAwait(false);
            lane.Writing = null;
            Note(lane, wantsMore);
        }

        return !lane.IsEnded;
    }

    // Returns whether to go on.
    private async ValueTask<bool> ReadAsync(OutputLane lane)
    {
        CancellationToken token = _stopReading.Token;
        if (token.IsCancellationRequested)
        {
            // What is in a pipe that something else still holds, and no more: that something may write for ever.
            lane.Left = _leave.IsCancellationRequested ? 0 : Math.Min(lane.Left, lane.Pipe.Available);
            if (lane.Left <= 0)
            {
                return false;
            }

            token = CancellationToken.None;
        }

        int count = await lane.Pipe.Stream.ReadAsync(lane.GetMemory(), token).ConfigureAwait(false);
        ValueTask<bool> take = lane.TakeAsync(count);
        if (take.IsCompletedSuccessfully)
        {
            Note(lane, take.Result);
        }
        else
        {
            lane.Writing = take.AsTask();
        }

        lane.EnlargePipe();
        return true;
    }

    private void Note(OutputLane lane, bool wantsMore)
    {
        if (!wantsMore)
        {
            _exchange.Overflow(lane);
            _ = _failed.TrySetResult();
        }
    }
}
